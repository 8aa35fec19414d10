"""ValidateProviderConfig, ConfigureProvider, StopProvider: a provider block becomes a session."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from isthmus.core.errors import ConfigurationError
from isthmus.rehearsal.constraints import allows
from isthmus.rehearsal.convert.compare import Path
from isthmus.rehearsal.convert.values import UNKNOWN
from isthmus.rehearsal.realize.base import refuse_unless_loopback
from isthmus.rehearsal.resources.data_sources import partitions
from isthmus.rehearsal.resources.rules import Problem
from isthmus.rehearsal.server.diagnostics import diagnostics
from isthmus.rehearsal.server.provider import Provider, response
from isthmus.rehearsal.session import Session
from isthmus.rehearsal.wire import codec

Values = dict[str, Any]
_ROLE = re.compile(r"arn:[\w-]+:iam::(\d{12}):role/")
_COMMERCIAL = re.compile(r"(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d+$")


def validate_provider_config(provider: Provider, request: Any, peer: str) -> Any:
    """Refuses endpoints that are not on loopback."""
    config = _decode(provider, request.config)
    return response("ValidateProviderConfig", diagnostics=diagnostics(_foreign_endpoints(config)))


def configure_provider(provider: Provider, request: Any, peer: str) -> Any:
    """Keeps the settings of the peer's provider block."""
    config = _decode(provider, request.config)
    problems = [*_foreign_endpoints(config)]
    if not problems:
        configured = {"aws": _aws, "google": _google}.get(provider.family, _nothing)
        first = provider.configure(peer, configured(provider.session, config))
        problems += _other_versions(provider) if first else []
    return response("ConfigureProvider", diagnostics=diagnostics(problems))


def stop_provider(provider: Provider, request: Any, peer: str) -> Any:
    """Nothing to interrupt: no operation waits long."""
    return response("StopProvider")


def _other_versions(provider: Provider) -> Iterator[Problem]:
    """Warns when the configuration is written for other versions: what they have otherwise is not rehearsed."""
    there = provider.catalogue.version
    for constraint in provider.used.versions:
        if not allows(constraint, there):
            detail = (
                f'The configuration asks for "{constraint}". Attributes, defaults and limits are those of {there}, '
                "whatever it asks for: where a version in between changed one, the real provider answers otherwise."
            )
            yield Problem(f"The rehearsal has version {there} of {provider.name}", detail, warning=True)


def _decode(provider: Provider, message: Any) -> Values:
    return codec.decode_dynamic(message, provider.block("p", provider.name).type) or {}


def _aws(base: Session, config: Values) -> Session:
    tags: Values = {}
    for block in config.get("default_tags") or []:
        tags.update(_known(block.get("tags")) or {})
    ignored: list[str] = []
    for block in config.get("ignore_tags") or []:
        ignored += [*(block.get("keys") or []), *(f"{prefix}*" for prefix in block.get("key_prefixes") or [])]
    region = _known(config.get("region")) or base.region
    partition = base.partition if not region or _COMMERCIAL.match(region) else partitions.of_region(region).name
    return replace(
        base,
        region=region,
        partition=partition,
        account_id=_account(base, config),
        default_tags=tags,
        ignored_tags=tuple(ignored),
    )


def _account(base: Session, config: Values) -> str:
    """The one account that a provider block allows or takes a role of, where no local AWS says which it is."""
    if base.context.aws_endpoint:
        return base.account_id
    allowed = _known(config.get("allowed_account_ids")) or []
    # Of a chain of roles the last one counts.
    roles = [_ROLE.match(str(block.get("role_arn") or "")) for block in config.get("assume_role") or []]
    named = [str(allowed[0])] if len(allowed) == 1 else [role[1] for role in roles if role]
    return named[-1] if named else base.account_id


def _google(base: Session, config: Values) -> Session:
    attribution = config.get("add_terraform_attribution_label")
    return replace(
        base,
        project=_known(config.get("project")) or base.project,
        region=_known(config.get("region")) or base.region,
        zone=_known(config.get("zone")) or base.zone,
        default_labels=_known(config.get("default_labels")) or {},
        attribution=attribution is not False,
    )


def _nothing(base: Session, config: Values) -> Session:
    return base


def _known(value: Any) -> Any:
    return None if value is UNKNOWN else value


def _foreign_endpoints(config: Values) -> Iterator[Problem]:
    for path, endpoint in _endpoints(config):
        try:
            refuse_unless_loopback(endpoint)
        except ConfigurationError:
            detail = (
                f"{path[-1]} is {endpoint}. The rehearsal speaks to local clouds only: "
                "leave the endpoint out, or use an address in 127.0.0.0/8."
            )
            yield Problem("The rehearsal refuses an endpoint that is not on loopback", detail, path[:1])


def _endpoints(config: Values) -> Iterator[tuple[Path, str]]:
    for name, value in config.items():
        if name.endswith("_custom_endpoint") and isinstance(value, str) and value:
            yield (name,), value
    for block in config.get("endpoints") or []:
        for service, value in block.items() if isinstance(block, dict) else ():
            if isinstance(value, str) and value:
                yield ("endpoints", service), value
