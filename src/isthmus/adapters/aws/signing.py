"""Requests to AWS that no SDK makes, signed with the credentials of where the code runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from isthmus.adapters.aws.session import credentials


@cache
def signer(service: str, region: str) -> Callable[[str, dict[str, str], bytes], Mapping[str, str]]:
    """Returns what adds Signature Version 4 to a POST of a service."""

    def sign(url: str, headers: dict[str, str], body: bytes) -> Mapping[str, str]:
        request = AWSRequest("POST", url, headers, body)
        SigV4Auth(credentials(region), service, region).add_auth(request)
        return dict(request.headers)

    return sign
