"""Text formats that the real providers check: `format` in facts."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

_ARN = re.compile(r"^arn:[\w-]+:[\w-]+:[\w-]*:(\d{12}|aws|aws-managed|third-party|)?:.+")
_GO_DURATION = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*$")


def _arn(text: str) -> bool:
    return bool(_ARN.match(text))


def _cidr(text: str) -> bool:
    """A network with its prefix; host bits may be set, as Go's parser has it."""
    try:
        ipaddress.ip_interface(text)
    except ValueError:
        return False
    return "/" in text


def _network(text: str) -> bool:
    """A network with its prefix and no host bits, as AWS has its CIDR blocks."""
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return "/" in text


def _address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _duration(text: str) -> bool:
    return bool(_GO_DURATION.match(text))


FORMATS: dict[str, tuple[Callable[[str], bool], str]] = {
    "arn": (_arn, "an ARN"),
    "cidr": (_cidr, "a network in CIDR notation"),
    "network": (_network, "a network in CIDR notation without host bits"),
    "address": (_address, "an IP address"),
    "duration": (_duration, "a duration"),
}
"""By name: whether a text is one, and what to call it."""
