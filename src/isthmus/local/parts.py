"""The parts of the laptop: what each process is started with, and how one sees that it is ready."""

from __future__ import annotations

import http.client
import json
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import isthmus
from isthmus.adapters.traces.configured import STORE
from isthmus.local import queues
from isthmus.local.links import (
    AWS_BROKER,
    AWS_BUCKET,
    AWS_TO_GCP,
    AWS_TO_GCP_HTTP,
    GCP_BROKER,
    GCP_BUCKET,
    GCP_TO_AWS,
    LINKS,
    initial_target,
)
from isthmus.local.ports import DNS_PORTS, HOST
from isthmus.local.process import Command
from isthmus.local.proxy.server import CONFIG_VARIABLE
from isthmus.local.rundir import RunDirectory, RunRecord

REGION = "us-east-1"
PROJECT = "isthmus-dev"
ACCOUNT_ID = "000000000000"
#: Accepted by the local AWS, worthless anywhere else.
AWS_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION}
#: Variables of a developer's shell that could lead a local process to a real cloud.
_FOREIGN = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CA_BUNDLE")
_FOREIGN_GOOGLE = ("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_PROJECT", "CLOUDSDK_CONFIG")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy", "grpc_proxy")
CLEAN: dict[str, str | None] = {
    **dict.fromkeys((*_FOREIGN, *_FOREIGN_GOOGLE, *_PROXIES)),
    "ISTHMUS_LOCAL": "1",
    "PYTHONUNBUFFERED": "1",
    # glibc would keep up to eight arenas a core for the threads; two are enough and save a fifth of the memory.
    "MALLOC_ARENA_MAX": "2",
    # The same Isthmus as this one, also where it runs from its source tree.
    "PYTHONPATH": str(Path(isthmus.__file__).parents[1]),
}
#: The services of the control process: modules, each with a SERVICE.
SERVICES: tuple[str, ...] = (
    "isthmus.local.compaction",
    "isthmus.local.dns.service",
    "isthmus.local.transfers.service",
    "isthmus.local.watch.service",
)


@dataclass(frozen=True)
class Part:
    """One process of a run.

    Attributes:
        name: `proxy`, `aws`, `gcp`, `control` or `console`.
        says: What it is, for people.
        ports: Names of the ports that it must be given (the proxy finds its own).
        command: Builds what to start.
        ready: Looks once whether it is ready; gets the record, and what was printed since it was started.
        answers: Looks once whether it still answers.
        start_seconds: How long it may take to get ready.
        stop_seconds: How long it may take to save its state and end.
        prepare: Done right before it is started.
        optional: Whether a run is whole without it.
    """

    name: str
    says: str
    ports: tuple[str, ...]
    command: Callable[[RunDirectory, RunRecord], Command]
    ready: Callable[[RunRecord, str], bool]
    answers: Callable[[RunRecord], bool]
    start_seconds: float = 30.0
    stop_seconds: float = 30.0
    prepare: Callable[[RunDirectory, RunRecord], object] = lambda run, record: None
    optional: bool = False


def tracing(run: RunDirectory) -> dict[str, str]:
    """Where the functions, which inherit it, write their spans."""
    return {STORE: str(run.traces)}


def _proxy_command(run: RunDirectory, record: RunRecord) -> Command:
    links = {name: (record.ports.get(name, 0), initial_target(link, record.ports)) for name, link in LINKS.items()}
    config = {"token": record.proxy_token, "control_port": record.ports.get("proxy.control", 0), "links": links}
    environment = {**CLEAN, CONFIG_VARIABLE: json.dumps(config)}
    # A target can be changed in the running process, so another one is no reason to start it again; another link is.
    return Command(
        (sys.executable, "-m", "isthmus.local.proxy", ",".join(LINKS)), environment, frozenset({CONFIG_VARIABLE})
    )


def _aws_state(run: RunDirectory) -> Path:
    return run.data("aws") / "state"


def _aws_command(run: RunDirectory, record: RunRecord) -> Command:
    data = run.data("aws")
    environment: dict[str, str | None] = {
        **CLEAN,
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(record.ports["aws"]),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "AUTH": "true" if record.enforce_iam else "false",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(_aws_state(run)),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(data / "s3"),
        "TMPDIR": str(run.scratch("aws")),
        "LOG_LEVEL": "WARNING",
        **tracing(run),
        # What the Lambda functions inherit: their ways to the topic, the bucket and to Google lead through the proxies.
        "AWS_ENDPOINT_URL_SNS": f"http://{HOST}:{record.ports[AWS_BROKER]}",
        "AWS_ENDPOINT_URL_S3": f"http://{HOST}:{record.ports[AWS_BUCKET]}",
        "PUBSUB_EMULATOR_HOST": f"{HOST}:{record.ports[AWS_TO_GCP]}",
        "STORAGE_EMULATOR_HOST": f"http://{HOST}:{record.ports[AWS_TO_GCP_HTTP]}",
    }
    return Command((sys.executable, "-m", "isthmus.local.aws"), environment)


def _gcp_command(run: RunDirectory, record: RunRecord) -> Command:
    environment: dict[str, str | None] = {
        **CLEAN,
        **AWS_CREDENTIALS,
        **tracing(run),
        "TMPDIR": str(run.scratch("gcp")),
        # What the Cloud Run services inherit: their way to AWS leads through the proxy.
        "AWS_ENDPOINT_URL": f"http://{HOST}:{record.ports[GCP_TO_AWS]}",
    }
    options = {
        "--data-dir": str(run.data("gcp")),
        "--http-port": str(record.ports["gcp.http"]),
        "--grpc-port": str(record.ports["gcp.pubsub"]),
        "--project": PROJECT,
        "--services-pubsub": f"{HOST}:{record.ports[GCP_BROKER]}",
        "--services-storage": f"http://{HOST}:{record.ports[GCP_BUCKET]}",
    }
    argv = [sys.executable, "-m", "isthmus.local.google", *(word for pair in options.items() for word in pair)]
    # A mistyped project is refused as Google does; Terraform's are there once it makes something in them.
    argv.append("--only")
    return Command(tuple(argv), environment)


def _control_command(run: RunDirectory, record: RunRecord) -> Command:
    return Command((sys.executable, "-m", "isthmus.local.control", str(run.root), *SERVICES), CLEAN)


def _console_command(run: RunDirectory, record: RunRecord) -> Command:
    return Command((sys.executable, "-m", "isthmus.console", str(run.root)), CLEAN)


def _said_ready(record: RunRecord, output: str) -> bool:
    return bool(ready_line(output))


def _listens(*names: str) -> Callable[[RunRecord], bool]:
    def answers(record: RunRecord) -> bool:
        try:
            for name in names:
                socket.create_connection((HOST, record.ports[name]), timeout=2).close()
        except (OSError, KeyError):
            return False
        return True

    return answers


def _aws_answers(record: RunRecord) -> bool:
    connection = http.client.HTTPConnection(HOST, record.ports["aws"], timeout=2)
    try:
        connection.request("GET", "/_ministack/ready")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def ready_line(output: str) -> dict[str, Any]:
    """The JSON line with which a part says that it is ready, {} while it has not."""
    for line in output.splitlines():
        if line.startswith("{") and '"ready"' in line:
            try:
                said = json.loads(line)
            except ValueError:
                continue
            if isinstance(said, dict) and said.get("ready"):
                return said
    return {}


_PROXY = Part(
    name="proxy",
    says="fault proxies",
    ports=(),
    command=_proxy_command,
    ready=_said_ready,
    answers=_listens("proxy.control"),
    stop_seconds=5,
)
_AWS = Part(
    name="aws",
    says="AWS (ministack)",
    ports=("aws",),
    command=_aws_command,
    ready=lambda record, output: _aws_answers(record),
    answers=_aws_answers,
    prepare=lambda run, record: queues.prepare(_aws_state(run), record.ports["aws"]),
)
_GCP = Part(
    name="gcp",
    says="Google Cloud (isthmus.local.google)",
    ports=("gcp.http", "gcp.pubsub"),
    command=_gcp_command,
    ready=_said_ready,
    answers=_listens("gcp.http", "gcp.pubsub"),
)
_CONTROL = Part(
    name="control",
    says="what watches over the run",
    ports=("control.http", *DNS_PORTS.values()),
    command=_control_command,
    ready=_said_ready,
    answers=_listens("control.http"),
    stop_seconds=5,
)
_CONSOLE = Part(
    name="console",
    says="the web page",
    ports=("console.http",),
    command=_console_command,
    ready=_said_ready,
    answers=_listens("console.http"),
    # A game day or a producer that it has started heals and flushes first.
    stop_seconds=30,
    optional=True,
)
PARTS: Mapping[str, Part] = {part.name: part for part in (_PROXY, _AWS, _GCP, _CONTROL, _CONSOLE)}
CLOUDS = ("aws", "gcp")
