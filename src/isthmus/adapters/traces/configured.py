"""The tracer of a process, from OpenTelemetry's own environment variables.

| variable | what |
|---|---|
| OTEL_SDK_DISABLED, OTEL_TRACES_EXPORTER=none | nothing is recorded |
| OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_EXPORTER_OTLP_ENDPOINT | where to; the second without `/v1/traces` |
| OTEL_EXPORTER_OTLP_TRACES_HEADERS, OTEL_EXPORTER_OTLP_HEADERS | `name=value,…` of each request |
| OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG | which traces are recorded |
| OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES | what the spans are of |
| ISTHMUS_TRACES | the folder of the local store |

X-Ray and Cloud Trace take OTLP themselves, so no collector and no agent is deployed: their requests are signed by the
credentials of where the code runs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from isthmus import __version__
from isthmus.core.errors import ConfigurationError
from isthmus.core.spans import Sampler, Span, Tracer, Value

if TYPE_CHECKING:
    from isthmus.adapters.traces.otlp import Sign

STORE = "ISTHMUS_TRACES"
_PATH = "/v1/traces"
_SAMPLERS = {
    "always_on": (False, 1.0),
    "always_off": (False, 0.0),
    "traceidratio": (False, None),
    "parentbased_always_on": (True, 1.0),
    "parentbased_always_off": (True, 0.0),
    "parentbased_traceidratio": (True, None),
}


def tracer(service: str, values: Mapping[str, str] | None = None) -> Tracer:
    """Makes the tracer of a process; it records nothing where no variable says where to.

    Args:
        service: The service's name, unless OTEL_SERVICE_NAME gives another.
        values: The environment variables.

    Raises:
        ConfigurationError: naming the variable that is wrong.
    """
    values = os.environ if values is None else values
    if values.get("OTEL_SDK_DISABLED", "").lower() == "true" or values.get("OTEL_TRACES_EXPORTER") == "none":
        return Tracer()
    resource = resource_of(service, values)
    sinks: list[Callable[[Span], None]] = []
    flush: Callable[[], None] = lambda: None  # noqa: E731
    if values.get(STORE):
        from isthmus.adapters.traces.store import SpanFiles

        sinks.append(SpanFiles(Path(values[STORE]), resource).add)
    url = endpoint(values)
    if url:
        from isthmus.adapters.traces.otlp import OtlpSender

        sender = OtlpSender(url, resource, _signer(url, values))
        sinks.append(sender.add)
        flush = sender.flush
    return Tracer(_all(sinks), sampler(values), flush)


def _all(sinks: list[Callable[[Span], None]]) -> Callable[[Span], None] | None:
    if len(sinks) < 2:
        return sinks[0] if sinks else None

    def add(span: Span) -> None:
        for sink in sinks:
            sink(span)

    return add


def endpoint(values: Mapping[str, str]) -> str:
    """The URL that spans are posted to, "" for none. On a laptop only its own: no run there calls a real cloud."""
    url = values.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "")
    name = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" if url else "OTEL_EXPORTER_OTLP_ENDPOINT"
    if not url and values.get(name):
        url = values[name].rstrip("/") + _PATH
    if not url:
        return ""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(f"{name} is {url!r}, not an http or https URL")
    if values.get("ISTHMUS_LOCAL") and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        return ""
    return url


def sampler(values: Mapping[str, str]) -> Sampler:
    """The sampler; every trace that nobody else decided on is recorded unless told otherwise."""
    name = values.get("OTEL_TRACES_SAMPLER") or "parentbased_always_on"
    if name not in _SAMPLERS:
        raise ConfigurationError(f"OTEL_TRACES_SAMPLER is {name!r}", fix=f"Known: {', '.join(_SAMPLERS)}.")
    parent_based, ratio = _SAMPLERS[name]
    return Sampler(_ratio(values) if ratio is None else ratio, parent_based)


def _ratio(values: Mapping[str, str]) -> float:
    text = values.get("OTEL_TRACES_SAMPLER_ARG") or "1"
    try:
        ratio = float(text)
    except ValueError:
        ratio = -1.0
    if not 0 <= ratio <= 1:
        raise ConfigurationError(f"OTEL_TRACES_SAMPLER_ARG is {text!r}, not a number from 0 to 1")
    return ratio


def resource_of(service: str, values: Mapping[str, str]) -> dict[str, Value]:
    """What the spans of this process are of, by OpenTelemetry's names."""
    found: dict[str, Value] = {
        "service.name": values.get("OTEL_SERVICE_NAME") or service,
        "service.namespace": "isthmus",
        "service.version": __version__,
        "telemetry.sdk.language": "python",
        "telemetry.sdk.name": "isthmus",
        "telemetry.sdk.version": __version__,
    }
    names = {
        "aws": {
            "cloud.region": "AWS_REGION",
            "faas.name": "AWS_LAMBDA_FUNCTION_NAME",
            "faas.instance": "AWS_LAMBDA_LOG_STREAM_NAME",
        },
        "gcp": {"cloud.account.id": "ISTHMUS_GCP_PROJECT", "faas.name": "K_SERVICE", "faas.version": "K_REVISION"},
    }
    cloud = values.get("ISTHMUS_CLOUD", "")
    if cloud in names:
        found |= {"cloud.provider": cloud, "cloud.platform": "aws_lambda" if cloud == "aws" else "gcp_cloud_run"}
        found |= {name: values[variable] for name, variable in names[cloud].items() if values.get(variable)}
    if cloud == "gcp" and values.get("ISTHMUS_GCP_PROJECT"):
        # Cloud Trace files spans under it.
        found["gcp.project_id"] = values["ISTHMUS_GCP_PROJECT"]
    if values.get("ISTHMUS_ENVIRONMENT"):
        found["deployment.environment.name"] = values["ISTHMUS_ENVIRONMENT"]
    return found | _pairs(values.get("OTEL_RESOURCE_ATTRIBUTES", ""))


def _pairs(text: str) -> dict[str, str]:
    pairs = (item.partition("=") for item in text.split(",") if "=" in item)
    return {name.strip(): unquote(value.strip()) for name, _, value in pairs if name.strip()}


def _signer(url: str, values: Mapping[str, str]) -> Sign:
    host = urlsplit(url).hostname or ""
    if host.startswith("xray.") and host.endswith((".amazonaws.com", ".amazonaws.com.cn")):
        from isthmus.adapters.aws.signing import signer

        return signer("xray", host.split(".")[1])
    if host == "telemetry.googleapis.com":
        from isthmus.adapters.gcp.signing import signer as bearer

        return bearer()
    text = values.get("OTEL_EXPORTER_OTLP_TRACES_HEADERS") or values.get("OTEL_EXPORTER_OTLP_HEADERS", "")
    own = _pairs(text)
    return lambda _url, headers, _body: {**headers, **own}
