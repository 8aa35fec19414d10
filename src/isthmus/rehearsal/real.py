"""The real providers on the local clouds: the settings that an override file gives to every provider block.

    with_real = replace(stack, provider="real")

All services of both clouds are sent to this machine, those too that nobody answers here: nothing may reach a real
account. Terraform has the providers from where it finds them: a registry, or what a CLI configuration names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from isthmus.core.errors import ConfigurationError, Refused
from isthmus.rehearsal.realize.base import Context
from isthmus.rehearsal.resources import store

REAL, REHEARSED = "real", "rehearsed"
PROVIDERS = (REHEARSED, REAL)
NOBODY = "http://127.0.0.1:1"
"""Where the services of a cloud that isn't up are sent: a port that refuses."""
# Where the local Google Cloud answers a service; it refuses any other path.
_GOOGLE_PATHS = {
    "storage": "storage/v1/",
    "pubsub": "v1/",
    "kms": "v1/",
    "iam": "v1/",
    "iam_beta": "v1/",
    "resource_manager": "v1/",
    "cloud_run_v2": "v2/",
}
_BLOCK = re.compile(r'^[ \t]*provider[ \t]+"(aws|google|google-beta)"[ \t]*\{(.*?)(?=^\w|\Z)', re.M | re.S)
_ALIAS = re.compile(r'\balias\s*=\s*"([\w-]+)"')
_SIGNS = {
    name: re.compile(
        rf'\b(resource|data|ephemeral)[ \t]+"{name}_|"{name}_\w+"\s*:\s*[{{[]|provider[ \t]+"{name}"|hashicorp/{name}"'
    )
    for name in ("aws", "google")
} | {"google-beta": re.compile(r"\bgoogle-beta\b")}
"""What shows that a provider is in use."""
UNAVAILABLE = re.compile("Failed to query available provider packages|Failed to install provider|provider registry")


def overrides(root: Path, files: Iterable[Path], context: Context) -> dict[str, Any]:
    """The provider blocks of an override file: a default for each provider in use, and one for each alias.

    Args:
        root: The root module's folder.
        files: All files of its configuration, those of its modules too.
        context: The local clouds.
    """
    texts = {file: file.read_text(errors="replace") for file in files}
    used = [name for name, sign in _SIGNS.items() if any(sign.search(text) for text in texts.values())]
    found: dict[str, list[dict[str, Any]]] = {name: [{}] for name in used}
    for file, text in texts.items():
        for name, body in _BLOCK.findall(text) if file.parent == root.resolve() else ():
            found[name] += [{"alias": alias} for alias in _ALIAS.findall(body)]
    settings = {name: _aws(context) if name == "aws" else _google(name, context) for name in used}
    return {"provider": {name: [{**block, **settings[name]} for block in blocks] for name, blocks in found.items()}}


def refuse_other_blocks(root: Path, files: Iterable[Path]) -> None:
    """Raises Refused for a provider block that an override of the root module can't reach."""
    for file in files:
        text = file.read_text(errors="replace")
        inside = file.parent != root.resolve() and file.suffix == ".tf" and _BLOCK.search(text)
        if inside or (file.suffix == ".json" and '"provider"' in text):
            raise Refused(
                "this provider block can't be sent to the local clouds",
                where=str(file),
                fix="configure providers in the root module's .tf files and pass them on",
            )


def environment(context: Context) -> dict[str, str]:
    """What keeps calls on this machine that no provider block speaks for."""
    return {
        "AWS_ENDPOINT_URL": context.aws_endpoint or NOBODY,
        "AWS_ACCESS_KEY_ID": context.access_key,
        "AWS_SECRET_ACCESS_KEY": context.secret_key,
        "GOOGLE_OAUTH_ACCESS_TOKEN": "rehearsal",
    }


def refuse_unless_up(context: Context) -> None:
    """Raises ConfigurationError when there is no local cloud that the real providers could speak to."""
    if not context.live:
        raise ConfigurationError(
            "the real providers need the local clouds, which are not up",
            where="--provider real",
            fix="run `isthmus up`",
        )


def explained(said: str) -> str:
    """What a failed `init` said, with what to do when it could not get the providers."""
    if not UNAVAILABLE.search(said):
        return said
    return (
        f"{said}\nThe real providers can't be had here. Terraform downloads them where the registry can be reached; "
        "elsewhere let TF_CLI_CONFIG_FILE name a configuration with a mirror of them. "
        "Without --provider real the stand-ins are used, and nothing is downloaded."
    )


def _aws(context: Context) -> dict[str, Any]:
    services = store.catalogue("aws").block("p", "aws")["b"]["endpoints"]["a"]
    return {
        "access_key": context.access_key,
        "secret_key": context.secret_key,
        "s3_use_path_style": True,
        "skip_credentials_validation": True,
        "skip_metadata_api_check": "true",
        "skip_region_validation": True,
        "endpoints": [dict.fromkeys(services, context.aws_endpoint or NOBODY)],
    }


def _google(name: str, context: Context) -> dict[str, Any]:
    attributes: Mapping[str, Any] = store.catalogue(name).block("p", name)["a"]
    suffix = "_custom_endpoint"
    services = [attribute.removesuffix(suffix) for attribute in attributes if attribute.endswith(suffix)]
    base = (context.google_http_endpoint or NOBODY).rstrip("/")
    endpoints = {f"{service}{suffix}": f"{base}/{_GOOGLE_PATHS.get(service, f'{service}/v1/')}" for service in services}
    return {"access_token": "rehearsal", "user_project_override": False, **endpoints}
