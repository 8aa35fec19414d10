"""Google Cloud: who and where, policies, and what the local Google Cloud answers."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable
from typing import Any

from isthmus.rehearsal.realize.base import RealizeError
from isthmus.rehearsal.resources import json_text
from isthmus.rehearsal.session import Session

Values = dict[str, Any]

# Zones that differ from the usual a, b, c. Google Cloud documentation, "Regions and zones", 2026-06.
_ZONES = {"us-central1": "abcf", "us-east1": "bcd", "europe-west1": "bcd"}
# Google Cloud documentation: Private Google Access, IAP TCP forwarding, health checks, DNS forwarding; 2026-06.
_NETBLOCKS = {
    "restricted-googleapis": "199.36.153.4/30 2600:2d00:0002:1000::/64",
    "restricted-googleapis-with-directconnectivity": "199.36.153.4/30 34.126.0.0/18 2600:2d00:0002:1000::/64 "
    "2001:4860:8040::/42",
    "private-googleapis": "199.36.153.8/30 2600:2d00:0002:2000::/64",
    "private-googleapis-with-directconnectivity": "199.36.153.8/30 34.126.0.0/18 2600:2d00:0002:2000::/64 "
    "2001:4860:8040::/42",
    "dns-forwarders": "35.199.192.0/19",
    "iap-forwarders": "35.235.240.0/20",
    "health-checkers": "35.191.0.0/16 130.211.0.0/22",
    "legacy-health-checkers": "35.191.0.0/16 209.85.152.0/22 209.85.204.0/22",
}


def project_of(config: Values, session: Session, name: str = "project") -> str:
    project = config.get(name) or session.project
    if not project:
        raise RealizeError(f"{name}: required field is not set", "Set it here or on the provider.")
    return str(project)


def project(config: Values, session: Session) -> Values:
    """A project, as one without an organization."""
    name = project_of(config, session, "project_id")
    return {
        "id": f"projects/{name}",
        "project_id": name,
        "name": name,
        "number": session.number_of(name),
        "effective_labels": {},
        "labels": {},
        "terraform_labels": {},
    }


def client_config(config: Values, session: Session) -> Values:
    """The settings of the provider."""
    place = f"projects/{session.project or ''}/regions/{session.region or ''}/zones/{session.zone or ''}"
    return {
        "id": place,
        "project": session.project or "",
        "region": session.region or "",
        "zone": session.zone or "",
        "access_token": "rehearsal",
        "default_labels": dict(session.default_labels),
    }


def iam_policy(config: Values, session: Session) -> Values:
    """A policy as JSON, byte for byte as the provider writes it: bindings of the same role and condition are one."""
    members: dict[tuple[str, ...], list[str]] = {}
    for block in config.get("binding") or []:
        condition = (block.get("condition") or [{}])[0]
        key = (block["role"], *(condition.get(name) or "" for name in _CONDITION))
        members.setdefault(key, []).extend(block["members"])
    document: Values = {}
    if config.get("audit_config"):
        document["auditConfigs"] = [_audit_config(block) for block in config["audit_config"]]
    if members:
        document["bindings"] = [_binding(key, members[key]) for key in sorted(members)]
    text = json_text.minified(document)
    return {"id": str(zlib.crc32(text.encode())), "policy_data": text}


_CONDITION = ("expression", "title", "description")


def _binding(key: tuple[str, ...], members: list[str]) -> Values:
    role, *values = key
    condition = {name: value for name, value in sorted(zip(_CONDITION, values, strict=True)) if value}
    return {**({"condition": condition} if condition else {}), "members": sorted(members), "role": role}


def _audit_config(block: Values) -> Values:
    logs = []
    for log in block["audit_log_configs"]:
        exempted = log.get("exempted_members") or []
        logs.append({**({"exemptedMembers": exempted} if exempted else {}), "logType": log["log_type"]})
    return {"auditLogConfigs": logs, "service": block["service"]}


def zones(config: Values, session: Session) -> Values:
    """The zones of a region."""
    name, owner = str(config.get("region") or session.region or ""), project_of(config, session)
    if not name:
        raise RealizeError("Cannot determine region: set in this resource, or set provider-level 'region' or 'zone'.")
    found = [f"{name}-{letter}" for letter in _ZONES.get(name, "abc")]
    up = config.get("status") in (None, "UP")
    return {
        "id": f"projects/{owner}/regions/{name}",
        "names": found if up else [],
        "project": owner,
        "region": name,
    }


def netblock_ip_ranges(config: Values, session: Session) -> Values:
    """The ranges that are fixed; those that Google publishes by DNS are not known here."""
    kind = config.get("range_type") or "cloud-netblocks"
    if kind not in _NETBLOCKS:
        raise RealizeError(
            f"The rehearsal doesn't know the ranges {kind}", "Google publishes them by DNS, and they change."
        )
    blocks = _NETBLOCKS[kind].split()
    sixes = [block for block in blocks if ":" in block]
    fours = [block for block in blocks if ":" not in block]
    return {
        "id": f"netblock-ip-ranges-{kind}",
        "cidr_blocks": [*fours, *sixes],
        "cidr_blocks_ipv4": fours,
        "cidr_blocks_ipv6": sixes,
    }


def lb_ip_ranges(config: Values, session: Session) -> Values:
    """Where health checks of load balancers come from."""
    return {
        "id": "compute-lb-ip-ranges",
        "network": ["209.85.152.0/22", "209.85.204.0/22", "35.191.0.0/16"],
        "http_ssl_tcp_internal": ["130.211.0.0/22", "35.191.0.0/16"],
    }


def kms_secret(config: Values, session: Session) -> Values:
    """A ciphertext, decrypted by the local Cloud KMS."""
    request = {
        "name": config["crypto_key"],
        "ciphertext": base64.b64decode(config["ciphertext"]),
        "additional_authenticated_data": base64.b64decode(config.get("additional_authenticated_data") or ""),
    }
    plain = _asked(lambda: session.context.kms().decrypt(request=request), "Error decrypting ciphertext")
    return {"id": f"{config['crypto_key']}:{config['ciphertext']}", "plaintext": plain.plaintext.decode()}


def kms_secret_ciphertext(config: Values, session: Session) -> Values:
    """A text, encrypted by the local Cloud KMS: another ciphertext at every reading."""
    request = {"name": config["crypto_key"], "plaintext": str(config["plaintext"]).encode()}
    made = _asked(lambda: session.context.kms().encrypt(request=request), "Error encrypting plaintext")
    return {"id": config["crypto_key"], "ciphertext": base64.b64encode(made.ciphertext).decode()}


def _asked(call: Callable[[], Any], failing: str) -> Any:
    from google.api_core.exceptions import GoogleAPIError

    try:
        return call()
    except GoogleAPIError as error:
        raise RealizeError(failing, str(error)) from error


READERS = {
    "google_client_config": client_config,
    "google_compute_lb_ip_ranges": lb_ip_ranges,
    "google_compute_zones": zones,
    "google_iam_policy": iam_policy,
    "google_netblock_ip_ranges": netblock_ip_ranges,
    "google_project": project,
}
LIVE = {
    "google_kms_secret": kms_secret,
    "google_kms_secret_ciphertext": kms_secret_ciphertext,
}
"""What the local Google Cloud answers, where it is up."""
