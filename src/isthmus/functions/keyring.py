"""Keys of somebody who signs, fetched when they are needed and kept for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import msgspec
import requests

from isthmus.core.requests import Problem

KEPT_SECONDS = 3600.0
REFETCH_SECONDS = 10.0
"""How long nothing is fetched for a key that isn't known, so that forged tokens can't make calls at will."""

TIMEOUT_SECONDS = 3.0
MAX_DOCUMENT_BYTES = 256 * 1024
"""Bytes of a fetched document. Ours; Google's and Microsoft's key sets have a few kilobytes."""

K = TypeVar("K")


class Keyring(Generic[K]):
    """Keys by their id, fetched once an hour, and at once for one that is new.

    Args:
        fetch: Gets all keys; raises Problem when it can't.
    """

    def __init__(self, fetch: Callable[[], Mapping[str, K]]) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._keys: Mapping[str, K] = {}
        self._fetched = time.monotonic() - KEPT_SECONDS

    def having(self, key_id: str) -> Mapping[str, K]:
        """Returns the keys, `key_id` among them if there is such a one.

        Raises:
            Problem: 503 when they have to be fetched and can't.
        """
        with self._lock:
            age = time.monotonic() - self._fetched
            if age >= KEPT_SECONDS or (key_id not in self._keys and age > REFETCH_SECONDS):
                self._keys = self._fetch()
                self._fetched = time.monotonic()
            return self._keys


def fetch_json(url: str) -> dict[str, Any]:
    """Returns the JSON object at a URL.

    Raises:
        Problem: 503 when it can't be had, or is too large.
    """
    try:
        with requests.get(url, timeout=TIMEOUT_SECONDS, stream=True, allow_redirects=False) as answer:
            answer.raise_for_status()
            body = answer.raw.read(MAX_DOCUMENT_BYTES + 1, decode_content=True)
        if len(body) > MAX_DOCUMENT_BYTES:
            raise Problem(503, f"the signing keys can't be fetched: {url} has more than {MAX_DOCUMENT_BYTES:,} bytes")
        return msgspec.json.decode(body, type=dict[str, Any])
    except (requests.RequestException, OSError, msgspec.DecodeError) as error:
        raise Problem(503, f"the signing keys can't be fetched: {error}") from error
