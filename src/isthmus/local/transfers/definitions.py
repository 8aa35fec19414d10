"""Transfer jobs as an applied state has them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from isthmus.core.errors import ConfigurationError
from isthmus.core.frames import Cloud
from isthmus.local.transfers.schedules import Schedule, expression, repeated, seconds_of

STORAGE_TRANSFER = "google_storage_transfer_job"
DATASYNC = "aws_datasync_task"


@dataclass(frozen=True)
class Job:
    """What a cloud does by a schedule.

    Attributes:
        name: Its name in its cloud.
        address: Where it is in the state.
        target: The cloud that it works on.
        schedule: When it runs.
        problem: Why it can't be run here; "" when it can.
    """

    name: str
    address: str
    target: Cloud
    schedule: Schedule | None = None
    problem: str = ""


@dataclass(frozen=True)
class TransferJob(Job):
    """A job that copies what one archive lacks; its target is the cloud whose archive it fills from the other one's.

    Attributes:
        prefixes: What it copies.
        idle_seconds: Only objects that were written at least so long ago.
    """

    prefixes: tuple[str, ...] = ()
    idle_seconds: float = 0.0


def jobs_of(state: Mapping[str, Any]) -> list[TransferJob]:
    """Reads the transfer jobs of a Terraform state, those that are off too; one that can't be followed says why."""
    found = []
    for address, kind, attributes in instances(state, (STORAGE_TRANSFER, DATASYNC)):
        read = {STORAGE_TRANSFER: _storage_transfer, DATASYNC: _datasync}[kind]
        target: Cloud = "gcp" if kind == STORAGE_TRANSFER else "aws"
        name = str(attributes.get("name") or address)
        try:
            found.append(read(name, address, attributes, state))
        except (ConfigurationError, KeyError, IndexError, TypeError, ValueError) as error:
            why = str(error) if isinstance(error, ConfigurationError) else f"it is incomplete ({error!r})"
            found.append(TransferJob(name, address, target, problem=why))
    return found


def instances(state: Mapping[str, Any], types: Collection[str]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yields address, type and attributes of what a state has of these types."""
    for resource in state.get("resources", ()):
        if resource.get("mode") == "managed" and resource.get("type") in types:
            where = [resource["module"]] if resource.get("module") else []
            for instance in resource.get("instances", ()):
                key = instance.get("index_key")
                index = "" if key is None else f"[{key}]"
                yield (
                    ".".join([*where, resource["type"], resource["name"]]) + index,
                    resource["type"],
                    instance["attributes"],
                )


def _storage_transfer(name: str, address: str, job: Mapping[str, Any], state: Mapping[str, Any]) -> TransferJob:
    spec = job["transfer_spec"][0]
    source, sink = spec["aws_s3_data_source"][0], spec["gcs_data_sink"][0]
    conditions = (spec.get("object_conditions") or [{}])[0]
    options = (spec.get("transfer_options") or [{}])[0]
    if options.get("overwrite_when") != "NEVER" or options.get("overwrite_objects_already_existing_in_sink"):
        raise ConfigurationError("it would write over what is there", fix='overwrite_when = "NEVER"')
    for option in ("delete_objects_unique_in_sink", "delete_objects_from_source_after_transfer"):
        if options.get(option):
            raise ConfigurationError(f"it would delete objects: {option}", fix="leave it out")
    known = {"include_prefixes", "min_time_elapsed_since_last_modification"}
    _require_nothing_else(conditions, known)
    _require_nothing_else({f"{side}.path": block.get("path") for side, block in (("source", source), ("sink", sink))})
    if job.get("status", "ENABLED") != "ENABLED":
        raise ConfigurationError(f"its status is {job['status']}")
    return TransferJob(
        name,
        address,
        "gcp",
        repeated(job["schedule"][0]),
        prefixes=tuple(sorted(conditions.get("include_prefixes") or [""])),
        idle_seconds=seconds_of(conditions.get("min_time_elapsed_since_last_modification")),
    )


def _datasync(name: str, address: str, task: Mapping[str, Any], state: Mapping[str, Any]) -> TransferJob:
    options = task["options"][0]
    if options.get("overwrite_mode") != "NEVER":
        raise ConfigurationError("it would write over what is there", fix='overwrite_mode = "NEVER"')
    if options.get("preserve_deleted_files") != "PRESERVE":
        raise ConfigurationError("it would delete objects", fix='preserve_deleted_files = "PRESERVE"')
    _require_nothing_else({"excludes": task.get("excludes")})
    schedule = task["schedule"][0]
    if (schedule.get("status") or "ENABLED") != "ENABLED":
        raise ConfigurationError(f"the status of its schedule is {schedule['status']}")
    folder = _subdirectory(state, task["destination_location_arn"])
    values = [block["value"] for block in task.get("includes") or []]
    chosen = [value.lstrip("/") for text in values for value in text.split("|")] or [""]
    prefixes = tuple(sorted(folder + value for value in chosen))
    return TransferJob(name, address, "aws", expression(schedule["schedule_expression"]), prefixes=prefixes)


def _subdirectory(state: Mapping[str, Any], arn: str) -> str:
    """The folder of the archive that a location of DataSync is."""
    for resource in state.get("resources", ()):
        if resource.get("type") == "aws_datasync_location_s3":
            for instance in resource["instances"]:
                if instance["attributes"].get("arn") == arn:
                    return str(instance["attributes"].get("subdirectory") or "").lstrip("/")
    raise ConfigurationError(f"its destination is no location of this state: {arn}")


def _require_nothing_else(fields: Mapping[str, Any], known: set[str] | None = None) -> None:
    for name, value in fields.items():
        if value and name not in (known or set()):
            raise ConfigurationError(f"{name} can't be followed here", fix="leave it out")
