"""Plan-time logic of single AWS types: what the real provider checks or decides only when it plans."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from isthmus.rehearsal.convert.values import UNKNOWN, has_unknown
from isthmus.rehearsal.resources.rules import Problem
from isthmus.rehearsal.session import Session

Values = dict[str, Any]
# What a new version of a function is published for.
_CODE = ("filename", "source_code_hash", "s3_bucket", "s3_key", "s3_object_version", "image_uri", "architectures")
_SETTINGS = (
    *("dead_letter_config", "description", "environment", "ephemeral_storage", "file_system_config", "handler"),
    *("image_config", "kms_key_arn", "layers", "logging_config", "memory_size", "role", "runtime", "snap_start"),
    *("timeout", "tracing_config", "vpc_config"),
)


def _named(kind: str, plain: str, fifo: str) -> Callable[[Values, Values | None], list[Problem]]:
    """A check of a queue's or topic's name on creation, and of what only FIFO ones have."""

    def check(planned: Values, prior: Values | None) -> list[Problem]:
        is_fifo, name = planned.get(f"fifo_{kind}"), planned.get("name")
        if is_fifo is UNKNOWN:
            return []
        problems = []
        if prior is None and isinstance(name, str) and not re.fullmatch(fifo if is_fifo else plain, name):
            ends = 'A FIFO name ends in ".fifo"; no other name has a dot.'
            problems.append(Problem(f"invalid {kind} name: {name}", ends, ("name",)))
        if not is_fifo and planned.get("content_based_deduplication") is True:
            text = f"content-based deduplication can only be set for FIFO {kind}"
            problems.append(Problem(text, path=("content_based_deduplication",)))
        return problems

    return check


def table(planned: Values, prior: Values | None) -> list[Problem]:
    """The problems of a DynamoDB table: its attributes are those of its keys, no more and no fewer."""
    blocks = (planned.get("attribute"), planned.get("global_secondary_index"), planned.get("local_secondary_index"))
    if has_unknown([planned.get("hash_key"), planned.get("range_key"), *blocks]):
        return []
    defined = {item["name"] for item in planned.get("attribute") or []}
    keys = {key for key in _table_keys(planned) if key}
    problems = []
    if keys - defined:
        names = ", ".join(sorted(keys - defined))
        problems.append(Problem(f"all indexes must match a defined attribute. Unmatched indexes: {names}"))
    elif defined - keys:
        names = ", ".join(sorted(defined - keys))
        problems.append(Problem(f"all attributes must be indexed. Unused attributes: {names}"))
    if planned.get("stream_enabled") is True and planned.get("stream_view_type") in (None, ""):
        problems.append(Problem("stream_view_type is required when stream_enabled = true"))
    return [*problems, *_throughput(planned)]


def _table_keys(planned: Values) -> Iterator[str | None]:
    for item in [
        planned,
        *(planned.get("global_secondary_index") or []),
        *(planned.get("local_secondary_index") or []),
    ]:
        yield item.get("hash_key")
        yield item.get("range_key")


def _throughput(planned: Values) -> list[Problem]:
    if planned.get("billing_mode") != "PROVISIONED":
        return []
    # Unknown: computed, and not configured.
    low = [name for name in ("read_capacity", "write_capacity") if planned.get(name) in (None, 0, UNKNOWN)]
    return [Problem(f"{name} must be at least 1 when billing_mode is PROVISIONED", path=(name,)) for name in low]


def function(planned: Values, prior: Values | None) -> list[Problem]:
    """The problems of a Lambda function: a zip needs a handler and a runtime."""
    if planned.get("package_type") != "Zip":
        return []
    if any(planned.get(name) in (None, "") and planned.get(name) is not UNKNOWN for name in ("handler", "runtime")):
        return [Problem("handler and runtime must be set when PackageType is Zip")]
    return []


def publish(config: Values, prior: Values | None, planned: Values, session: Session) -> None:
    """Plans a new version of a function that publishes one with each change."""
    if prior is None or planned.get("publish") is not True:
        return
    if any(prior.get(name) != planned.get(name) for name in (*_CODE, *_SETTINGS)):
        planned.update(dict.fromkeys(("version", "qualified_arn", "qualified_invoke_arn"), UNKNOWN))


def certificate(config: Values, prior: Values | None, planned: Values, session: Session) -> None:
    """Plans a certificate's names, the first among the others, and one validation a name: `for_each` goes over them."""
    domain, others = config.get("domain_name"), config.get("subject_alternative_names")
    if not isinstance(domain, str) or others is UNKNOWN:
        return
    names = [domain, *(name for name in others or [] if name != domain)]
    if prior is not None and {*prior.get("subject_alternative_names", ())} == {*names}:
        planned["subject_alternative_names"] = prior["subject_alternative_names"]
        return
    planned["subject_alternative_names"] = names
    if planned.get("validation_method") != "DNS" or UNKNOWN in names:
        return
    rest = dict.fromkeys(("resource_record_name", "resource_record_type", "resource_record_value"), UNKNOWN)
    planned["domain_validation_options"] = [{"domain_name": name.removesuffix("."), **rest} for name in names]


PLAN = {"aws_acm_certificate": certificate, "aws_lambda_function": publish}
CHECK = {
    "aws_sqs_queue": _named("queue", r"[0-9A-Za-z_-]{1,80}", r"[0-9A-Za-z_-]{1,75}\.fifo"),
    "aws_sns_topic": _named("topic", r"[0-9A-Za-z_-]{1,256}", r"[0-9A-Za-z_-]{1,251}\.fifo"),
    "aws_dynamodb_table": table,
    "aws_lambda_function": function,
}
