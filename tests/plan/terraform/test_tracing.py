"""What functions are told of tracing: by the flag, the cloud's own OTLP endpoint and the profile's share of traces."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from isthmus.local import packages
from isthmus.local.stacks import build_variables
from isthmus.rehearsal.runner import run_stack
from isthmus.rehearsal.stack import Stack, stack_of

ROOT = Path(__file__).resolve().parents[3]
ROLES = ("archive", "bridge", "ingest")
ENDPOINTS = {
    "aws": "https://xray.us-east-1.amazonaws.com/v1/traces",
    "gcp": "https://telemetry.googleapis.com/v1/traces",
}
FUNCTION, SERVICE = "aws_lambda_function", "google_cloud_run_v2_service"


def _applied(cloud: str, run_dir: Path, tracing: bool) -> dict[str, Mapping[str, Any]]:
    """The functions of a platform that was applied: a plan does not tell the settings of those that are to be made."""
    packages.ensure()
    variables = {**build_variables(), "features": json.dumps({"tracing": tracing})}
    stack = stack_of("dev", f"platform/{cloud}", root=ROOT, run_dir=run_dir, variables=variables)
    _run(stack, "apply", "-auto-approve")
    shown = json.loads(_run(stack, "show", "-json"))
    modules = {one["address"]: one for one in shown["values"]["root_module"]["child_modules"]}
    return {
        role: next(
            resource["values"]
            for resource in modules[f'module.function["{role}"]']["resources"]
            if resource["type"] in (FUNCTION, SERVICE)
        )
        for role in ROLES
    }


def _run(stack: Stack, *words: str) -> str:
    out = stack.run_dir / "out"
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w") as file:
        code = run_stack(stack, words, stdout=file, stderr=file)
    assert code == 0, out.read_text()[-3000:]
    return out.read_text()


def _told(function: Mapping[str, Any]) -> dict[str, str]:
    """Its variables for OpenTelemetry."""
    if "template" in function:
        given = {one["name"]: one["value"] for one in function["template"][0]["containers"][0]["env"]}
    else:
        given = function["environment"][0]["variables"]
    return {name: value for name, value in given.items() if name.startswith("OTEL_")}


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_functions_are_told_where_spans_go_and_how_many(cloud: str, tmp_path: Path) -> None:
    """All of them the same; X-Ray is on, too, where the function's own spans go there."""
    for function in _applied(cloud, tmp_path, True).values():
        assert _told(function) == {
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": ENDPOINTS[cloud],
            "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
            "OTEL_TRACES_SAMPLER_ARG": "1",
        }
        assert [one["mode"] for one in function.get("tracing_config", [])] == ["Active"] * (cloud == "aws")


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_without_tracing_they_are_told_nothing_of_it(cloud: str, tmp_path: Path) -> None:
    """Neither an endpoint nor a share; and X-Ray records only what a caller asks for."""
    for function in _applied(cloud, tmp_path, False).values():
        assert _told(function) == {}
        assert [one["mode"] for one in function.get("tracing_config", [])] == ["PassThrough"] * (cloud == "aws")


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_the_share_of_traces_is_the_profiles(cloud: str, terraform: Path) -> None:
    """What costs by the trace is recorded the more seldom, the more there is of it."""
    stack = (terraform / "stacks" / "platform" / cloud / "functions.tf").read_text()
    assert "OTEL_TRACES_SAMPLER_ARG            = tostring(local.settings.trace_ratio)" in stack
    figures = (terraform / "modules" / cloud / "profile" / "main.tf").read_text()
    found = [line.split("=")[1].strip() for line in figures.splitlines() if line.strip().startswith("trace_ratio")]
    assert found == ["1", "0.1", "0.05"]
