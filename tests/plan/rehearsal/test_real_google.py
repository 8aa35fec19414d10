"""Every Google stack planned by the real provider and by the rehearsal: the same resources, the same values.

The real provider can't be had everywhere: ISTHMUS_REAL_PROVIDERS says that `terraform init` gets it here.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from isthmus.rehearsal.real import REAL
from isthmus.rehearsal.realize.base import Context
from isthmus.rehearsal.runner import run_stack
from isthmus.rehearsal.stack import Stack, stack_of

ROOT = Path(__file__).resolve().parents[3]
STACKS = ("bootstrap", "foundation", "platform", "edge")
NEWER = {("google_bigquery_dataset", "default_collation")}
"""Attributes of which the shipped schema (7.46) says otherwise than the provider of 7.45."""
Leaves = dict[tuple[Any, ...], Any]


class _Answers(BaseHTTPRequestHandler):
    """What a plan looks up of a project in which the layers below are there; the rehearsal assumes the same."""

    def do_GET(self) -> None:
        """Answers one of the four look-ups; anything else is not found."""
        service, *path = self.path.partition("?")[0].strip("/").split("/")
        found = json.dumps(self._found(service, path)).encode()
        self.send_response(404 if found == b"null" else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(found)))
        self.end_headers()
        self.wfile.write(found)

    def _found(self, service: str, path: list[str]) -> Any:
        number = _number(next((part for part in path if part.startswith("isthmus-")), ""))
        if service == "storage" and path[-1] == "serviceAccount":
            return {"email_address": f"service-{number}@gs-project-accounts.iam.gserviceaccount.com"}
        if service == "storage_transfer" and path[-2] == "googleServiceAccounts":
            return {"accountEmail": f"project-{number}@storage-transfer-service.iam.gserviceaccount.com"}
        assumed = json.loads((ROOT / "terraform/stacks/edge/gcp/assumed.json").read_text())
        if path[-2:-1] == ["addresses"]:
            return {"address": assumed["google_compute_global_address"][0]["address"], "name": path[-1]}
        if path[-2:-1] == ["dnsAuthorizations"]:
            (record,) = assumed["google_certificate_manager_dns_authorization"][0]["dns_resource_record"]
            return {"dnsResourceRecord": record}
        return None

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


def _number(project: str) -> str:
    return stack_of(project.removeprefix("isthmus-"), "edge/gcp", root=ROOT).project_number


@contextmanager
def _looked_up() -> Iterator[Context]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Context(google_http_endpoint=f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()


def _planned(stack: Stack, out: Path, context: Context | None = None) -> dict[str, dict[str, Any]]:
    """Each change of the plan, by address."""
    plan, shown = out / "plan.bin", out / "plan.json"
    with (out / "said").open("w+") as said:
        code = run_stack(stack, ["plan", f"-out={plan}"], context=context, stdout=said, stderr=said)
        said.seek(0)
        assert code == 0, said.read()
    with shown.open("w") as file:
        assert run_stack(stack, ["show", "-json", str(plan)], context=context, stdout=file) == 0
    return {change["address"]: change for change in json.loads(shown.read_text()).get("resource_changes", [])}


def _leaves(change: dict[str, Any]) -> Leaves:
    known, unknown = change["change"]["after"] or {}, change["change"]["after_unknown"] or {}
    return {**dict(_flat(known)), **{path: "(known after apply)" for path, value in _flat(unknown) if value is True}}


def _flat(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict | list) and value:
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _flat(item, (*path, key))
    else:
        yield path, value


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
@pytest.mark.parametrize("layer", STACKS)
def test_the_real_provider_plans_each_google_stack_with_the_same_values(
    layer: str, environment: str, real_providers: set[str], tmp_path: Path
) -> None:
    """Also that it takes the stack at all."""
    if "google" not in real_providers:
        pytest.skip("needs the real Google provider: set ISTHMUS_REAL_PROVIDERS=google where terraform init can get it")
    stack = stack_of(environment, f"{layer}/gcp", root=ROOT, run_dir=tmp_path)
    rehearsed = _planned(stack, tmp_path)
    with _looked_up() as context:
        planned = _planned(replace(stack, provider=REAL), tmp_path, context)
    assert rehearsed.keys() == planned.keys()
    differing = [
        f"{address}: {'.'.join(map(str, path))}: real {real.get(path)!r}, rehearsed {ours.get(path)!r}"
        for address, change in planned.items()
        for ours, real in [(_leaves(rehearsed[address]), _leaves(change))]
        for path in {*ours, *real}
        if ours.get(path) != real.get(path) and (change["type"], path[0]) not in NEWER
    ]
    assert differing == []
    assert [c["change"]["actions"] for c in rehearsed.values()] == [c["change"]["actions"] for c in planned.values()]
