"""What Pub/Sub refuses of a configuration or a message, and the defaults that it fills in.

Limits: Pub/Sub quotas and the API reference, 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from isthmus.local.google.pubsub.errors import PubSubError, invalid
from isthmus.local.google.pubsub.filters import FilterError, compile_filter

MAX_MESSAGES = 1000
MAX_REQUEST_BYTES = 10_000_000
MAX_ATTRIBUTES = 100
_NAME = re.compile(r"projects/[^/]+/(?:topics|subscriptions)/(?!goog)[A-Za-z][A-Za-z0-9._~%+-]{2,254}")


def check_name(name: str) -> None:
    """Refuses a name that no topic or subscription can have."""
    if not _NAME.fullmatch(name):
        raise invalid(f"Invalid resource name given (name={name}). Refer to the naming rules of Pub/Sub.")


def check_messages(messages: Sequence[Any]) -> None:
    """Refuses a publish request that Pub/Sub wouldn't take."""
    if not messages:
        raise invalid("The value for messages is too small. You passed 0 in the request, but the minimum value is 1.")
    if len(messages) > MAX_MESSAGES:
        raise invalid(f"The value for message_count is too large. You passed {len(messages)}; the maximum is 1000.")
    if sum(message.ByteSize() for message in messages) > MAX_REQUEST_BYTES:
        raise invalid("Request payload size exceeds the limit: 10485760 bytes.")
    for message in messages:
        if not message.data and not message.attributes:
            raise invalid("One or more messages in the publish request is empty.")
        if len(message.attributes) > MAX_ATTRIBUTES:
            raise invalid(f"A message has {len(message.attributes)} attributes; the maximum is {MAX_ATTRIBUTES}.")


def complete_subscription(config: Any) -> Any:
    """Checks a subscription and fills in Pub/Sub's defaults; returns it.

    Raises:
        PubSubError: INVALID_ARGUMENT with Pub/Sub's kind of sentence.
    """
    config.ack_deadline_seconds = config.ack_deadline_seconds or 10
    if not 10 <= config.ack_deadline_seconds <= 600:
        raise invalid("Invalid ack deadline given. The ack deadline must be between 10 and 600 seconds.")
    if not config.HasField("message_retention_duration"):
        config.message_retention_duration.seconds = 7 * 86400
    if not config.HasField("expiration_policy"):
        config.expiration_policy.ttl.seconds = 31 * 86400
    _complete_dead_letters(config)
    _complete_retry(config)
    _check_filter(config)
    config.state = 1
    return config


def _complete_dead_letters(config: Any) -> None:
    if not config.HasField("dead_letter_policy"):
        return
    policy = config.dead_letter_policy
    policy.max_delivery_attempts = policy.max_delivery_attempts or 5
    if not 5 <= policy.max_delivery_attempts <= 100:
        raise invalid("The value for max_delivery_attempts must be between 5 and 100.")


def _complete_retry(config: Any) -> None:
    if not config.HasField("retry_policy"):
        return
    policy = config.retry_policy
    if not policy.HasField("minimum_backoff"):
        policy.minimum_backoff.seconds = 10
    if not policy.HasField("maximum_backoff"):
        policy.maximum_backoff.seconds = 600
    for backoff in (policy.minimum_backoff, policy.maximum_backoff):
        if not 0 <= backoff.seconds <= 600:
            raise invalid("Retry policy backoffs must be between 0 and 600 seconds.")


def _check_filter(config: Any) -> None:
    try:
        compile_filter(config.filter)
    except FilterError as error:
        raise invalid(f"Invalid filter: {error}") from None


def apply_mask(current: Any, wanted: Any, paths: Sequence[str]) -> Any:
    """Returns a copy of `current` with the fields of the mask as `wanted` has them."""
    if not paths:
        raise invalid("The update_mask in the request is empty.")
    changed = type(current)()
    changed.CopyFrom(current)
    for path in paths:
        field = path.split(".")[0]
        if field not in current.DESCRIPTOR.fields_by_name:
            raise invalid(f"The update_mask names the unknown field {path}.")
        if field in ("name", "topic", "filter", "enable_message_ordering") and getattr(wanted, field) != getattr(
            current, field
        ):
            raise invalid(f"The field {field} can't be updated.")
        changed.ClearField(field)
        _copy_field(changed, wanted, field)
    return changed


def _copy_field(target: Any, source: Any, field: str) -> None:
    single = type(source)()
    single.CopyFrom(source)
    for other in source.DESCRIPTOR.fields_by_name:
        if other != field:
            single.ClearField(other)
    target.MergeFrom(single)


__all__ = ["PubSubError", "apply_mask", "check_messages", "check_name", "complete_subscription"]
