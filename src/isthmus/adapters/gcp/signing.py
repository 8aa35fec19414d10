"""Requests to Google Cloud that no client library makes, with a token of where the code runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from google.auth.transport.requests import Request

from isthmus.adapters.gcp.session import credentials


def signer() -> Callable[[str, dict[str, str], bytes], Mapping[str, str]]:
    """Returns what adds a bearer token, a new one when it is about to end."""
    found = credentials()

    def sign(url: str, headers: dict[str, str], body: bytes) -> Mapping[str, str]:
        signed = dict(headers)
        found.before_request(Request(), "POST", url, signed)
        return signed

    return sign
