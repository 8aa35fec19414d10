"""What the realizers of AWS share: the client of a region, error codes, tags."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from botocore.exceptions import BotoCoreError, ClientError

from isthmus.rehearsal.convert.values import UNKNOWN
from isthmus.rehearsal.realize.base import Context, State
from isthmus.rehearsal.realize.resource import Resource
from isthmus.rehearsal.realize.states import changed, is_set, text

_ABSENT = ("NotFound", "NoSuch", "NonExistentQueue", "404", "DoesNotExist")
_PRESENT = ("AlreadyExists", "ResourceConflictException", "ConflictException", "AlreadyOwnedByYou")


class AwsResource(Resource):
    """A realizer of an AWS type.

    Attributes:
        service: boto3's name of the service.
    """

    service: ClassVar[str]

    def client(self, values: Mapping[str, Any], ctx: Context) -> Any:
        """The client of the resource's region."""
        return ctx.aws(self.service, text(values, "region"))

    def region(self, values: Mapping[str, Any], ctx: Context) -> str:
        """The resource's region: its own, else the provider's."""
        return text(values, "region") or ctx.region

    def failures(self) -> tuple[type[Exception], ...]:
        """boto3's errors."""
        return (ClientError, BotoCoreError)

    def gone(self, error: Exception) -> bool:
        """By the error's code."""
        return any(part in code(error) for part in _ABSENT)

    def exists(self, error: Exception) -> bool:
        """By the error's code."""
        return any(part in code(error) for part in _PRESENT)


def code(error: Exception) -> str:
    """The service's error code; empty for an error of the SDK itself."""
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


def tags_of(values: State) -> dict[str, str]:
    """The tags to be set: the resource's and the provider's default ones."""
    tags = values.get("tags_all")
    if tags is None or tags is UNKNOWN:
        tags = values.get("tags")
    return {} if tags is None or tags is UNKNOWN else {name: value or "" for name, value in tags.items()}


def pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as most services take them."""
    return [{"Key": name, "Value": value} for name, value in tags.items()]


def unpaired(tags: list[dict[str, str]]) -> dict[str, str]:
    """Tags as Terraform has them."""
    return {tag["Key"]: tag["Value"] for tag in tags}


def change_tags(
    prior: State, planned: State, put: Callable[[dict[str, str]], Any], drop: Callable[[list[str]], Any]
) -> None:
    """Puts the tags that are new or different, and drops the others."""
    if not changed(prior, planned, "tags_all"):
        return
    before, after = tags_of(prior), tags_of(planned)
    if surplus := sorted(before.keys() - after.keys()):
        drop(surplus)
    if different := {name: value for name, value in after.items() if before.get(name) != value}:
        put(different)


def is_given(values: Mapping[str, Any], name: str) -> bool:
    """Whether an attribute of a queue or a topic is to be sent: set, and not the empty value that means none."""
    return is_set(values, name) and values[name] not in ("", False)


def as_attribute(value: Any) -> str:
    """A value as SQS and SNS take their attributes: text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def whole(value: Any) -> int:
    """A number of Terraform as AWS takes it."""
    return int(value)
