"""The tracer of a process: OpenTelemetry's variables, and the clouds' own OTLP endpoints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from isthmus.adapters.gcp import signing as gcp_signing
from isthmus.adapters.traces.configured import _signer as signer_of
from isthmus.adapters.traces.configured import endpoint, resource_of, sampler, tracer
from isthmus.core.errors import ConfigurationError
from isthmus.core.spans import Sampler

XRAY = "https://xray.eu-west-1.amazonaws.com/v1/traces"
GOOGLE = "https://telemetry.googleapis.com/v1/traces"


@pytest.mark.parametrize(
    "values", [{}, {"OTEL_SDK_DISABLED": "true", "ISTHMUS_TRACES": "t"}, {"OTEL_TRACES_EXPORTER": "none"}]
)
def test_nothing_is_recorded_unless_somebody_says_where_to(values: dict[str, str]) -> None:
    assert tracer("s", values).sink is None


def test_the_store_and_an_endpoint_get_each_span(tmp_path: Path) -> None:
    made = tracer("s", {"ISTHMUS_TRACES": str(tmp_path), "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"})
    made.begin("work", "server").end()
    made.flush()
    assert '"work"' in (tmp_path / "spans.ndjson").read_text()


@pytest.mark.parametrize(
    ("values", "url"),
    [
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318/"}, "http://collector:4318/v1/traces"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://a", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": XRAY}, XRAY),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": XRAY, "ISTHMUS_LOCAL": "1"}, ""),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/x", "ISTHMUS_LOCAL": "1"}, "http://127.0.0.1:4318/x"),
    ],
)  # fmt: skip
def test_a_laptop_sends_to_itself_alone(values: dict[str, str], url: str) -> None:
    assert endpoint(values) == url


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({}, Sampler(1.0, True)),
        ({"OTEL_TRACES_SAMPLER": "always_off"}, Sampler(0.0, False)),
        ({"OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.05"}, Sampler(0.05, True)),
        ({"OTEL_TRACES_SAMPLER": "traceidratio"}, Sampler(1.0, False)),
    ],
)
def test_the_sampler_is_opentelemetrys(values: dict[str, str], found: Sampler) -> None:
    assert sampler(values) == found


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"OTEL_TRACES_SAMPLER": "sometimes"}, "OTEL_TRACES_SAMPLER"),
        ({"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "2"}, "OTEL_TRACES_SAMPLER_ARG"),
        ({"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "x"}, "OTEL_TRACES_SAMPLER_ARG"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4318"}, "OTEL_EXPORTER_OTLP_ENDPOINT"),
    ],
)
def test_a_wrong_variable_is_named(values: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigurationError, match=named):
        tracer("s", {"ISTHMUS_TRACES": "unused", **values})


def test_what_the_spans_are_of_is_told_by_opentelemetrys_names() -> None:
    lambda_ = resource_of(
        "isthmus-ingest",
        {
            "ISTHMUS_CLOUD": "aws",
            "AWS_REGION": "eu-west-1",
            "AWS_LAMBDA_FUNCTION_NAME": "isthmus-dev-ingest",
            "ISTHMUS_ENVIRONMENT": "dev",
        },
    )
    assert lambda_["cloud.platform"] == "aws_lambda"
    assert (lambda_["faas.name"], lambda_["cloud.region"]) == ("isthmus-dev-ingest", "eu-west-1")
    run = resource_of("isthmus-ingest", {"ISTHMUS_CLOUD": "gcp", "ISTHMUS_GCP_PROJECT": "p", "K_SERVICE": "s"})
    assert (run["cloud.platform"], run["gcp.project_id"], run["faas.name"]) == ("gcp_cloud_run", "p", "s")
    own = resource_of("s", {"OTEL_SERVICE_NAME": "shop", "OTEL_RESOURCE_ATTRIBUTES": "team=a%20b,bad"})
    assert (own["service.name"], own["team"]) == ("shop", "a b")


def test_requests_to_x_ray_are_signed_for_its_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-shown")
    signed = signer_of(XRAY, {})(XRAY, {"Content-Type": "application/x-protobuf"}, b"body")
    assert "/eu-west-1/xray/aws4_request" in signed["Authorization"]
    assert signed["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert "not-shown" not in str(signed)


def test_requests_to_cloud_trace_carry_the_services_token(monkeypatch: pytest.MonkeyPatch) -> None:
    class Credentials:
        def before_request(self, request: Any, method: str, url: str, headers: dict[str, str]) -> None:
            headers["authorization"] = f"Bearer for {method} {url}"

    monkeypatch.setattr(gcp_signing, "credentials", Credentials)
    signed = signer_of(GOOGLE, {})(GOOGLE, {"Content-Type": "application/x-protobuf"}, b"body")
    assert signed["authorization"] == f"Bearer for POST {GOOGLE}"
