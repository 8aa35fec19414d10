"""Google's own client and the local Cloud Run: services are processes that answer, last and leave nothing behind."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

pytest.importorskip("google.cloud.run_v2")

from google.api_core import exceptions
from google.auth.credentials import AnonymousCredentials
from google.cloud import run_v2
from google.iam.v1 import policy_pb2

PARENT = "projects/isthmus-dev/locations/us-central1"
HOST = Path(__file__).with_name("run_host.py")


class Server:
    """The local Cloud Run in a process of its own, and a client of it."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.start()

    def start(self) -> None:
        """Starts it and waits until it is ready."""
        environment = {**os.environ, "MARK": "inherited", "GOOGLE_APPLICATION_CREDENTIALS": "secret"}
        environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
        command = [sys.executable, str(HOST), str(self.data_dir)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"
        self.client = run_v2.ServicesClient(
            transport=run_v2.services.services.transports.ServicesRestTransport(
                host=self.url.removeprefix("http://"), url_scheme="http", credentials=AnonymousCredentials()
            )
        )

    def end(self, number: int = signal.SIGTERM) -> None:
        """Ends it by a signal."""
        self.process.send_signal(number)
        self.process.wait(timeout=20)
        self.process.stdout.close()

    def create(self, name: str, **env: str) -> run_v2.Service:
        """Makes a service."""
        request = {"parent": PARENT, "service": template(**env), "service_id": name}
        return self.client.create_service(request=request).result(timeout=30)

    def get(self, name: str) -> run_v2.Service:
        """Reads a service."""
        return self.client.get_service(name=f"{PARENT}/services/{name}")


def template(path: str = "/healthz", **env: str) -> run_v2.Service:
    """A service with these environment variables."""
    variables = [run_v2.EnvVar(name=name, value=value) for name, value in env.items()]
    probe = run_v2.Probe(http_get=run_v2.HTTPGetAction(path=path))
    container = run_v2.Container(image="image", env=variables, startup_probe=probe)
    ingress = run_v2.IngressTraffic.INGRESS_TRAFFIC_ALL
    return run_v2.Service(template=run_v2.RevisionTemplate(containers=[container]), ingress=ingress)


def answer(service: run_v2.Service, path: str = "/") -> dict[str, Any]:
    """What the service's process says about itself."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(service.uri + path, timeout=5) as response:
        return json.load(response)


def until(condition: Callable[[], bool]) -> None:
    """Waits for a condition."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    """Whether a process is gone, or only waits to be buried."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for the tests that don't end it."""
    one = Server(tmp_path_factory.mktemp("run"))
    yield one
    one.end()


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Server]:
    """A server of the test's own."""
    one = Server(tmp_path)
    yield one
    one.end()


def test_a_created_service_answers_at_its_uri(server: Server) -> None:
    """The operation is done when the process answers, and the process has the environment of a Cloud Run container."""
    service = server.create("created", GREETING="hello")
    said = answer(service)
    wanted = {"GREETING": "hello", "INJECTED": "yes", "MARK": "inherited"}
    wanted |= {"K_SERVICE": "created", "K_CONFIGURATION": "created"}
    assert wanted.items() <= said.items()
    assert f"{PARENT}/services/created/revisions/{said['K_REVISION']}" == service.latest_ready_revision
    assert said["PORT"] == service.uri.rpartition(":")[2]
    assert "GOOGLE_APPLICATION_CREDENTIALS" not in said


def test_a_secret_is_what_its_file_holds(server: Server) -> None:
    """There is no Secret Manager here; one without a file is empty, and the service's log says where it would be."""
    folder = server.data_dir / "secrets"
    folder.mkdir(exist_ok=True)
    (folder / "known").write_text("the value\n")
    service = template()
    service.template.containers[0].env = [
        run_v2.EnvVar(
            name=name.upper(),
            value_source=run_v2.EnvVarSource(secret_key_ref=run_v2.SecretKeySelector(secret=name, version="latest")),
        )
        for name in ("known", "unknown")
    ]
    request = {"parent": PARENT, "service": service, "service_id": "secrets"}
    said = answer(server.client.create_service(request=request).result(timeout=30))
    assert (said["KNOWN"], said["UNKNOWN"]) == ("the value", "")
    log = (server.data_dir / "logs" / "run-secrets.log").read_text()
    assert f"Secret unknown was not found; put its value into {folder / 'unknown'}" in log


def test_what_is_read_is_filled_in_as_google_does(server: Server) -> None:
    """Defaults, counters and conditions are there."""
    created = server.create("filled")
    service = server.get("filled")
    assert service == created
    assert service.terminal_condition.state == run_v2.Condition.State.CONDITION_SUCCEEDED
    assert (service.generation, service.observed_generation, service.reconciling) == (1, 1, False)
    assert (service.template.timeout.total_seconds(), service.template.max_instance_request_concurrency) == (300, 80)
    assert dict(service.template.containers[0].resources.limits) == {"cpu": "1000m", "memory": "512Mi"}
    assert service.template.containers[0].ports[0].container_port == 8080
    assert service.traffic[0].percent == 100
    assert service.uid and service.etag and service.create_time


def test_a_changed_template_is_a_new_revision_on_the_same_port(server: Server) -> None:
    """The old process ends, the new one has the new environment."""
    before = server.create("changed", COLOR="red")
    old = answer(before)["pid"]
    after = server.client.update_service(service=_renamed("changed", template(COLOR="blue"))).result(timeout=30)
    said = answer(after)
    assert (said["COLOR"], after.uri, after.generation) == ("blue", before.uri, 2)
    assert after.latest_ready_revision != before.latest_ready_revision
    assert gone(old)


def test_a_changed_label_leaves_the_process_alone(server: Server) -> None:
    """An update mask changes what it names, and only a template makes a revision."""
    before = server.create("labelled", COLOR="red")
    pid = answer(before)["pid"]
    wanted = run_v2.Service(name=before.name, labels={"team": "bridge"})
    after = server.client.update_service(request={"service": wanted, "update_mask": "labels"}).result(timeout=30)
    assert (dict(after.labels), answer(after)["pid"]) == ({"team": "bridge"}, pid)
    assert after.latest_ready_revision == before.latest_ready_revision


def test_a_deleted_service_leaves_no_process(server: Server) -> None:
    """It can't be read or reached afterwards."""
    service = server.create("deleted")
    pid = answer(service)["pid"]
    server.client.delete_service(name=service.name).result(timeout=30)
    assert gone(pid)
    with pytest.raises(exceptions.NotFound, match="Resource 'deleted' of kind 'SERVICE'"):
        server.get("deleted")


def test_a_service_that_does_not_start_fails_with_its_own_words(server: Server) -> None:
    """The operation's error is Google's sentence and the end of the log; the next good template heals the service."""
    with pytest.raises(exceptions.GoogleAPICallError, match=r"(?s)is not ready and cannot serve.*the reason why"):
        server.create("failing", FAIL="1")
    assert server.get("failing").terminal_condition.state == run_v2.Condition.State.CONDITION_FAILED
    healed = server.client.update_service(service=_renamed("failing", template())).result(timeout=30)
    assert answer(healed)["K_SERVICE"] == "failing"


def test_a_bad_revision_leaves_the_good_one_serving(server: Server) -> None:
    """As on Cloud Run, traffic stays where it was."""
    good = server.create("careful", COLOR="red")
    with pytest.raises(exceptions.GoogleAPICallError, match="is not ready"):
        server.client.update_service(service=_renamed("careful", template(FAIL="1"))).result(timeout=30)
    service = server.get("careful")
    assert answer(service)["COLOR"] == "red"
    assert service.latest_ready_revision == good.latest_ready_revision != service.latest_created_revision


def test_a_service_that_dies_comes_back(server: Server) -> None:
    """Another process takes its port."""
    service = server.create("dying")
    pid = answer(service)["pid"]
    with pytest.raises(OSError):
        answer(service, "/die")
    until(lambda: _pid(service) not in (None, pid))


def test_wrong_requests_are_refused_as_google_refuses_them(server: Server) -> None:
    """Each with the exception that the client makes of Google's error."""
    server.create("taken")
    with pytest.raises(exceptions.Conflict, match="already exists"):
        server.create("taken")
    with pytest.raises(exceptions.BadRequest, match="service_id"):
        server.create("Not-A-Name")
    with pytest.raises(exceptions.BadRequest, match="reserved env names"):
        server.create("reserved", PORT="1")
    with pytest.raises(exceptions.BadRequest, match="container"):
        server.client.create_service(parent=PARENT, service=run_v2.Service(), service_id="empty")
    with pytest.raises(exceptions.NotFound):
        server.client.delete_service(name=f"{PARENT}/services/nothing")
    answer = requests.post(f"{server.url}/v2/{PARENT}/services?serviceId=x", data="[", timeout=5)
    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")


def test_a_policy_is_kept_and_guarded_by_its_etag(server: Server) -> None:
    """A write with an old etag is refused."""
    name = server.create("policed").name
    first = server.client.get_iam_policy(request={"resource": name})
    bindings = [policy_pb2.Binding(role="roles/run.invoker", members=["allUsers"])]
    wanted = policy_pb2.Policy(bindings=bindings, etag=first.etag)
    kept = server.client.set_iam_policy(request={"resource": name, "policy": wanted})
    assert server.client.get_iam_policy(request={"resource": name}) == kept
    with pytest.raises(exceptions.Conflict):
        server.client.set_iam_policy(request={"resource": name, "policy": wanted})
    asked = {"resource": name, "permissions": ["run.routes.invoke"]}
    assert list(server.client.test_iam_permissions(request=asked).permissions) == ["run.routes.invoke"]


def test_services_are_listed_in_pages(server: Server) -> None:
    """Those of another place are not among them."""
    for name in ("page-a", "page-b", "page-c"):
        server.create(name)
    request = run_v2.ListServicesRequest(parent=PARENT, page_size=2)
    names = [service.name.rpartition("/")[2] for service in server.client.list_services(request=request)]
    assert {"page-a", "page-b", "page-c"} <= set(names) and names == sorted(names)
    assert not list(server.client.list_services(parent="projects/isthmus-dev/locations/europe-west1"))


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_services_end_with_the_server_and_come_back_with_it(mortal: Server, how: int) -> None:
    """No orphan stays, and the same service is on the same port again."""
    before = mortal.create("lasting", COLOR="green")
    pid = answer(before)["pid"]
    mortal.end(how)
    until(lambda: gone(pid))
    mortal.start()
    after = mortal.get("lasting")
    assert after == before
    said = answer(after)
    assert (said["COLOR"], said["K_REVISION"]) == ("green", before.latest_ready_revision.rpartition("/")[2])


def test_a_create_that_a_kill_cut_short_is_finished_by_the_next_server(mortal: Server, tmp_path: Path) -> None:
    """What was kept is carried out, and its operation is done in the end."""
    gate, operations = tmp_path / "gate", f"/v2/{PARENT}/operations"
    body = {"template": {"containers": [{"image": "image", "env": [{"name": "GATE", "value": str(gate)}]}]}}
    request = threading.Thread(target=_try_to_create, args=(f"{mortal.url}/v2/{PARENT}/services?serviceId=cut", body))
    request.start()
    until(lambda: bool(requests.get(mortal.url + operations, timeout=5).json()["operations"]))
    mortal.end(signal.SIGKILL)
    request.join()
    gate.touch()
    mortal.start()
    assert answer(mortal.get("cut"))["K_SERVICE"] == "cut"
    assert [one["done"] for one in requests.get(mortal.url + operations, timeout=5).json()["operations"]] == [True]


def _try_to_create(url: str, body: dict[str, Any]) -> None:
    with contextlib.suppress(requests.RequestException):
        requests.post(url, json=body, timeout=20)


def _pid(service: run_v2.Service) -> int | None:
    try:
        return int(answer(service)["pid"])
    except OSError:
        return None


def _renamed(name: str, service: run_v2.Service) -> run_v2.Service:
    service.name = f"{PARENT}/services/{name}"
    return service
