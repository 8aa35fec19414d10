"""Whether the ingests take events: the last thing that `up` waits for, so that the first `send` finds no cold start."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from isthmus.local import process
from isthmus.local.endpoints import Endpoints
from isthmus.local.errors import PartFailed

PATH = "/readyz"
READY_SECONDS = 30.0
ANSWER_SECONDS = 10.0
_OPENER = build_opener(ProxyHandler({}))


def await_ingests(addresses: Mapping[str, str], seconds: float = READY_SECONDS) -> None:
    """Waits until each ingest says that it can publish.

    Args:
        addresses: Base URL of each cloud's ingest, past the fault proxies.
        seconds: How long at most.

    Raises:
        PartFailed: One doesn't in time; with what it answered last.
    """
    with ThreadPoolExecutor(max(1, len(addresses))) as pool:
        for asked in [pool.submit(_await, cloud, url, seconds) for cloud, url in addresses.items()]:
            asked.result()


def direct_ingests(endpoints: Endpoints) -> dict[str, str]:
    """Base URL of each cloud's ingest past the fault proxies, which may be broken on purpose."""
    found = dict(endpoints.ingests)
    if "aws" in found:
        found["aws"] = found["aws"].replace(endpoints.aws_front, endpoints.aws, 1)
    if "gcp" in found:
        found["gcp"] = str(endpoints.outputs["gcp"]["ingest_url"])
    return found


def _await(cloud: str, url: str, seconds: float) -> None:
    problem = ""

    def ready() -> bool:
        nonlocal problem
        problem = _problem(url + PATH)
        return not problem

    if not process.wait_until(ready, seconds):
        raise PartFailed(f"the ingest on {cloud} can't publish: {problem}", where=url, fix="see `isthmus logs`")


def _problem(url: str) -> str:
    """Why it isn't ready; "" when it is."""
    try:
        with _OPENER.open(url, timeout=ANSWER_SECONDS):
            return ""
    except HTTPError as error:
        return f"HTTP {error.code}{_detail(error.read())}"
    except OSError as error:
        return str(error)


def _detail(body: bytes) -> str:
    try:
        document: Any = json.loads(body)
    except ValueError:
        return ""
    detail = document.get("detail") if isinstance(document, dict) else None
    return f", {detail}" if detail else ""
