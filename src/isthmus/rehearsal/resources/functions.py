"""The functions that the providers bring along: `provider::aws::arn_parse(…)` and the like.

Names, results and errors as of hashicorp/aws 6.66 and hashicorp/google 7.45.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from isthmus.rehearsal.convert.types import STRING, Type
from isthmus.rehearsal.resources import arns


class FunctionFailed(ValueError):
    """What a function says of its arguments; `argument` is the place of the one to blame."""

    def __init__(self, text: str, argument: int | None = None) -> None:
        super().__init__(text)
        self.argument = argument


@dataclass(frozen=True)
class Function:
    """A function of texts.

    Attributes:
        summary: What it does, for Terraform's own documentation.
        parameters: Names of its parameters, all of them strings.
        result: Type of its result.
        call: Takes the arguments; raises FunctionFailed.
    """

    summary: str
    parameters: tuple[str, ...]
    call: Callable[..., Any]
    result: Type = STRING


def arn_parse(arn: str) -> dict[str, str]:
    """The parts of an ARN."""
    parts = _parsed(arn)
    return {"account_id": parts.pop("account"), **parts}


def trim_iam_role_path(arn: str) -> str:
    """The ARN of a role without its path."""
    parts = _parsed(arn)
    if parts["service"] != "iam":
        raise FunctionFailed('service must be "iam"')
    if parts["region"]:
        raise FunctionFailed("region must be empty")
    if not parts["resource"].startswith("role/"):
        raise FunctionFailed('resource must begin with "role/"')
    return arns.build(**{**parts, "resource": f"role/{parts['resource'].split('/')[-1]}"})


def user_agent(product_name: str, product_version: str, comment: str) -> str:
    """A product of a User-Agent header."""
    if not product_name:
        raise FunctionFailed("product_name must be set")
    version = f"/{product_version}" if product_version else ""
    return f"{product_name}{version}" + (f" ({comment})" if comment else "")


def region_from_zone(zone: str) -> str:
    """The region that a zone is in."""
    if not zone:
        raise FunctionFailed("The input string cannot be empty.", 0)
    parts = zone.split("-")
    if len(parts) < 3:
        raise FunctionFailed(f'The input string "{zone}" is not a valid zone name.', 0)
    return "-".join(parts[:-1])


def _parsed(arn: str) -> dict[str, str]:
    try:
        return arns.parse(arn)
    except ValueError as error:
        raise FunctionFailed(str(error)) from error


def _element(what: str, expression: str, shown: str) -> Function:
    """A function that takes a part out of an id or self link."""
    pattern = re.compile(expression)

    def call(text: str) -> str:
        found = pattern.search(text)
        if found is None:
            raise FunctionFailed(f'The input string "{text}" doesn\'t contain the expected pattern "{shown}".', 0)
        return found[1]

    return Function(f"The {what} in an id, self link or full resource name", ("id",), call)


_ARN = Type("object", fields=dict.fromkeys(("partition", "service", "region", "account_id", "resource"), STRING))
_BUILD = ("partition", "service", "region", "account_id", "resource")
_USER_AGENT = ("product_name", "product_version", "comment")
FUNCTIONS: Mapping[str, Mapping[str, Function]] = {
    "aws": {
        "arn_build": Function("Puts an ARN together", _BUILD, arns.build),
        "arn_parse": Function("Takes an ARN apart", ("arn",), arn_parse, _ARN),
        "trim_iam_role_path": Function("Leaves the path out of a role's ARN", ("arn",), trim_iam_role_path),
        "user_agent": Function("Writes a product of a User-Agent header", _USER_AGENT, user_agent),
    },
    "google": {
        "location_from_id": _element("location", r"locations/([^/]+)/", "locations/{location}/"),
        "name_from_id": _element("short name", r"/([^/]+)$", "resourceType/{name}$"),
        "project_from_id": _element("project", r"projects/([^/]+)/", "projects/{project}/"),
        "region_from_id": _element("region", r"regions/([^/]+)/", "regions/{region}/"),
        "region_from_zone": Function("The region that a zone is in", ("zone",), region_from_zone),
        "zone_from_id": _element("zone", r"zones/([^/]+)/", "zones/{zone}/"),
    },
}
"""By provider and name."""
