"""What Pub/Sub refuses of a configuration or a message, and the defaults that it fills in.

Limits: Pub/Sub quotas and the API reference, 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import grpc

from isthmus.local.google.masks import masked
from isthmus.local.google.pubsub.filters import FilterError, compile_filter
from isthmus.local.google.rpc import RpcError, invalid, unimplemented

MAX_MESSAGES = 1000
MAX_REQUEST_BYTES = 10_000_000
MAX_ATTRIBUTES = 100
MAX_KEY_BYTES = 256
MAX_VALUE_BYTES = 1024
_NAME = re.compile(r"projects/[^/]+/(topics|subscriptions|snapshots|schemas)/(?!goog)[A-Za-z][A-Za-z0-9._~%+-]{2,254}")
_DAY_SECONDS = 86400
_NOT_TOPIC = ("ingestion_data_source_settings", "message_transforms")
_NOT_SUBSCRIPTION = ("bigquery_config", "cloud_storage_config", "bigtable_config", "message_transforms")
_FIXED = frozenset({"name", "topic", "filter", "enable_message_ordering", "state", "detached"})


def not_found(name: str) -> RpcError:
    """The resource isn't there."""
    return RpcError(grpc.StatusCode.NOT_FOUND, f"Resource not found (resource={name.rpartition('/')[2]}).")


def already_exists(name: str) -> RpcError:
    """The resource is there already."""
    short = name.rpartition("/")[2]
    return RpcError(grpc.StatusCode.ALREADY_EXISTS, f"Resource already exists in the project (resource={short}).")


def check_name(name: str, kind: str) -> None:
    """Refuses a name that no resource of the kind (`topics`, `subscriptions`, `snapshots`, `schemas`) can have."""
    match = _NAME.fullmatch(name)
    if not match or match[1] != kind:
        raise invalid(f"Invalid [{kind}] name: (name={name}). Refer to the naming rules of Pub/Sub.")


def check_messages(messages: Sequence[Any]) -> None:
    """Refuses a publish request that Pub/Sub wouldn't take."""
    if not messages:
        raise invalid("The value for message_count is too small. You passed 0 in the request; the minimum is 1.")
    if len(messages) > MAX_MESSAGES:
        raise invalid(f"The value for message_count is too large. You passed {len(messages)}; the maximum is 1000.")
    if sum(message.ByteSize() for message in messages) > MAX_REQUEST_BYTES:
        raise invalid(f"Request payload size exceeds the limit: {MAX_REQUEST_BYTES} bytes.")
    for message in messages:
        _check_message(message)


def _check_message(message: Any) -> None:
    if not message.data and not message.attributes:
        raise invalid("One or more messages in the publish request is empty. Each has data or an attribute.")
    if len(message.attributes) > MAX_ATTRIBUTES:
        raise invalid(f"A message has {len(message.attributes)} attributes; the maximum is {MAX_ATTRIBUTES}.")
    for key, value in message.attributes.items():
        if not key or len(key.encode()) > MAX_KEY_BYTES or key.startswith("goog"):
            raise invalid(f"The attribute key {key[:40]!r} is empty, too long or begins with 'goog'.")
        if len(value.encode()) > MAX_VALUE_BYTES:
            raise invalid(f"The value of the attribute {key!r} has more than {MAX_VALUE_BYTES} bytes.")
    if len(message.ordering_key.encode()) > MAX_VALUE_BYTES:
        raise invalid(f"The ordering key has more than {MAX_VALUE_BYTES} bytes.")


def complete_topic(config: Any) -> Any:
    """Checks a topic; returns it."""
    _refuse(config, _NOT_TOPIC)
    if config.HasField("message_retention_duration"):
        _check_duration("message_retention_duration", config.message_retention_duration, 600, 31 * _DAY_SECONDS)
    config.state = 1
    return config


def complete_subscription(config: Any) -> Any:
    """Checks a subscription and fills in Pub/Sub's defaults; returns it.

    Raises:
        RpcError: INVALID_ARGUMENT with Pub/Sub's kind of sentence.
    """
    _refuse(config, _NOT_SUBSCRIPTION)
    config.ack_deadline_seconds = config.ack_deadline_seconds or 10
    if not 10 <= config.ack_deadline_seconds <= 600:
        raise invalid("Invalid ack deadline given. The ack deadline must be between 10 and 600 seconds.")
    if not config.HasField("message_retention_duration"):
        config.message_retention_duration.seconds = 7 * _DAY_SECONDS
    _check_duration("message_retention_duration", config.message_retention_duration, 600, 31 * _DAY_SECONDS)
    if not config.HasField("expiration_policy"):
        config.expiration_policy.ttl.seconds = 31 * _DAY_SECONDS
    _complete_dead_letters(config)
    _complete_retry(config)
    _check_push(config)
    _check_filter(config)
    config.state = 1
    return config


def _refuse(config: Any, fields: Sequence[str]) -> None:
    for field in fields:
        present = config.DESCRIPTOR.fields_by_name.get(field)
        if present is not None and any(descriptor is present for descriptor, _ in config.ListFields()):
            raise unimplemented(f"The field {field}")


def _check_duration(name: str, duration: Any, least: int, most: int) -> None:
    if not least <= duration.seconds <= most:
        raise invalid(f"The value for {name} must be between {least} and {most} seconds.")


def _complete_dead_letters(config: Any) -> None:
    if not config.HasField("dead_letter_policy"):
        return
    policy = config.dead_letter_policy
    if not policy.dead_letter_topic:
        config.ClearField("dead_letter_policy")
        return
    check_name(policy.dead_letter_topic, "topics")
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
        _check_duration("retry_policy backoff", backoff, 0, 600)
    if policy.minimum_backoff.ToNanoseconds() > policy.maximum_backoff.ToNanoseconds():
        raise invalid("The minimum backoff must not be greater than the maximum backoff.")


def _check_push(config: Any) -> None:
    endpoint = config.push_config.push_endpoint
    if endpoint and not re.match(r"https?://[^/\s]+", endpoint):
        raise invalid(f"Invalid push endpoint given (endpoint={endpoint}). It must be an http or https URL.")
    if endpoint and config.enable_exactly_once_delivery:
        raise invalid("Exactly-once delivery is not supported for push subscriptions.")


def _check_filter(config: Any) -> None:
    try:
        compile_filter(config.filter)
    except FilterError as error:
        raise invalid(f"Invalid filter: {error}") from None


def updated(current: Any, wanted: Any, paths: Sequence[str]) -> Any:
    """Returns a copy of a topic, subscription or snapshot with the fields of an update mask changed."""
    return masked(current, wanted, paths, _FIXED)
