"""Functions."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from isthmus.rehearsal.realize.aws.resource import AwsResource, change_tags, tags_of, whole
from isthmus.rehearsal.realize.base import Context, RealizeError, State
from isthmus.rehearsal.realize.resource import Found
from isthmus.rehearsal.realize.states import block, changed, is_set, text

_SENDING = threading.Lock()
"""Held while a package is sent: on its way it is in memory several times over, here and in the local cloud."""

_SCALARS = {
    "description": "Description",
    "function_name": "FunctionName",
    "handler": "Handler",
    "kms_key_arn": "KMSKeyArn",
    "layers": "Layers",
    "memory_size": "MemorySize",
    "role": "Role",
    "runtime": "Runtime",
    "timeout": "Timeout",
}
_BLOCKS: dict[str, tuple[str, dict[str, str]]] = {
    "dead_letter_config": ("DeadLetterConfig", {"target_arn": "TargetArn"}),
    "environment": ("Environment", {"variables": "Variables"}),
    "ephemeral_storage": ("EphemeralStorage", {"size": "Size"}),
    "logging_config": (
        "LoggingConfig",
        {
            "application_log_level": "ApplicationLogLevel",
            "log_format": "LogFormat",
            "log_group": "LogGroup",
            "system_log_level": "SystemLogLevel",
        },
    ),
    "tracing_config": ("TracingConfig", {"mode": "Mode"}),
}
_NEVER_BY_DEFAULT = ("dead_letter_config", "environment")
_NOT_HERE = ("image_uri", "file_system_config", "image_config", "vpc_config", "capacity_provider_config")
_CONFIGURATION = (*_SCALARS, *_BLOCKS)
_CODE = ("architectures", "filename", "s3_bucket", "s3_key", "s3_object_version", "source_code_hash")
_UNRESERVED = -1


class Function(AwsResource):
    """aws_lambda_function, of a zip."""

    service = "lambda"
    label = "Lambda Function"
    named_by = "function_name"
    volatile = ("last_modified",)
    fresh = ("code_sha256", "source_code_size", "version")

    def make(self, planned: State, ctx: Context) -> Found:
        """The local Lambda takes calls at once; there is no Active to wait for."""
        _refuse_what_is_not_here(planned)
        client = self.client(planned, ctx)
        with _SENDING:
            client.create_function(
                **_arguments(planned),
                Architectures=planned.get("architectures") or ["x86_64"],
                Code=_code(planned),
                PackageType="Zip",
                Publish=bool(planned.get("publish")),
                Tags=tags_of(planned),
            )
        _set_concurrency(client, planned["function_name"], planned)
        return {"id": planned["function_name"]}

    def find(self, state: State, ctx: Context) -> Found | None:
        """Configuration, concurrency and tags in one call."""
        name = text(state, "id") or text(state, "function_name")
        answer = self.client(state, ctx).get_function(FunctionName=name)
        there = answer["Configuration"]
        shown = [name for name in _BLOCKS if state.get(name) or name in _NEVER_BY_DEFAULT]
        return {
            **{ours: there.get(theirs, "") for ours, theirs in _SCALARS.items()},
            **{name: _block_of(there, name) for name in shown},
            **_derived(there["FunctionArn"], there["Version"]),
            "architectures": there["Architectures"],
            "code_sha256": there["CodeSha256"],
            "id": there["FunctionName"],
            "last_modified": there["LastModified"],
            "layers": [layer["Arn"] for layer in there.get("Layers") or []],
            "package_type": there.get("PackageType", "Zip"),
            "reserved_concurrent_executions": _reserved(answer),
            "signing_job_arn": there.get("SigningJobArn", ""),
            "signing_profile_version_arn": there.get("SigningProfileVersionArn", ""),
            "source_code_hash": _code_hash(state, there["CodeSha256"]),
            "source_code_size": there["CodeSize"],
            "tags_all": answer.get("Tags", {}),
        }

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """Configuration, code, concurrency, tags."""
        _refuse_what_is_not_here(planned)
        client, name = self.client(prior, ctx), prior["id"]
        if any(changed(prior, planned, attribute) for attribute in _CONFIGURATION):
            client.update_function_configuration(**_arguments(planned))
        if any(changed(prior, planned, attribute) for attribute in _CODE):
            architectures = planned.get("architectures") or ["x86_64"]
            with _SENDING:
                client.update_function_code(FunctionName=name, Architectures=architectures, **_code(planned))
        if changed(prior, planned, "reserved_concurrent_executions"):
            _set_concurrency(client, name, planned)
        change_tags(
            prior,
            planned,
            lambda tags: client.tag_resource(Resource=prior["arn"], Tags=tags),
            lambda names: client.untag_resource(Resource=prior["arn"], TagKeys=names),
        )

    def remove(self, state: State, ctx: Context) -> None:
        """Unless it is to be kept."""
        if not state.get("skip_destroy"):
            self.client(state, ctx).delete_function(FunctionName=state["id"])


def _arguments(planned: State) -> dict[str, Any]:
    arguments: dict[str, Any] = {theirs: planned[ours] for ours, theirs in _SCALARS.items() if is_set(planned, ours)}
    arguments |= {name: whole(arguments[name]) for name in ("MemorySize", "Timeout") if name in arguments}
    for ours, (theirs, names) in _BLOCKS.items():
        given = block(planned, ours)
        if given or ours in _NEVER_BY_DEFAULT:
            arguments[theirs] = {names[name]: value for name, value in given.items() if name in names and value != ""}
    return arguments


def _code(planned: State) -> dict[str, Any]:
    if filename := text(planned, "filename"):
        try:
            return {"ZipFile": Path(filename).read_bytes()}
        except OSError as error:
            raise RealizeError(f"reading ZIP file ({filename})", str(error)) from error
    given = {"s3_bucket": "S3Bucket", "s3_key": "S3Key", "s3_object_version": "S3ObjectVersion"}
    return {theirs: planned[ours] for ours, theirs in given.items() if is_set(planned, ours)}


def _set_concurrency(client: Any, name: str, planned: State) -> None:
    reserved = planned.get("reserved_concurrent_executions")
    if reserved is None or whole(reserved) == _UNRESERVED:
        client.delete_function_concurrency(FunctionName=name)
    else:
        client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=whole(reserved))


def _refuse_what_is_not_here(planned: State) -> None:
    for name in _NOT_HERE:
        if planned.get(name):
            raise RealizeError(
                f"the rehearsal runs functions from a zip, outside a VPC: {name} is not realized",
                text(planned, "function_name"),
            )


def _block_of(there: dict[str, Any], name: str) -> list[dict[str, Any]]:
    theirs, names = _BLOCKS[name]
    values = {ours: there.get(theirs, {}).get(other) for ours, other in names.items()}
    return [values] if any(values.values()) else []


def _reserved(answer: dict[str, Any]) -> int:
    return int(answer.get("Concurrency", {}).get("ReservedConcurrentExecutions", _UNRESERVED))


def _code_hash(state: State, there: str) -> str:
    """The configuration's own hash; the cloud's when its code is other than it was, so that Terraform uploads ours."""
    known = text(state, "code_sha256")
    return text(state, "source_code_hash") if known in ("", there) else there


def _derived(arn: str, version: str) -> dict[str, str]:
    region = arn.split(":")[3]
    start = f"arn:aws:apigateway:{region}:lambda:path"
    return {
        "arn": arn,
        "invoke_arn": f"{start}/2015-03-31/functions/{arn}/invocations",
        "qualified_arn": f"{arn}:{version}",
        "qualified_invoke_arn": f"{start}/2015-03-31/functions/{arn}:{version}/invocations",
        "region": region,
        "response_streaming_invoke_arn": f"{start}/2021-11-15/functions/{arn}/response-streaming-invocations",
        "version": version,
    }


REALIZERS = {"aws_lambda_function": Function()}
