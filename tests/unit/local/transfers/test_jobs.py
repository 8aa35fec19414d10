"""Jobs read from a state, and run when they are due."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from isthmus.adapters.memory import MemoryBucket
from isthmus.core import frames, uuid7
from isthmus.core.errors import ConfigurationError
from isthmus.local.transfers.calls import ScheduledCall
from isthmus.local.transfers.definitions import TransferJob, jobs_of
from isthmus.local.transfers.runner import RUNS_KEPT, JobRunner

NOW = 1_764_000_000.0
HOUR = 3600.0

STS: dict[str, Any] = {
    "name": "transferJobs/1",
    "status": "ENABLED",
    "transfer_spec": [
        {
            "aws_s3_data_source": [{"bucket_name": "a", "path": ""}],
            "gcs_data_sink": [{"bucket_name": "g", "path": ""}],
            "object_conditions": [
                {
                    "include_prefixes": ["events/", "quarantine/"],
                    "min_time_elapsed_since_last_modification": "3600s",
                }
            ],
            "transfer_options": [{"overwrite_when": "NEVER", "delete_objects_unique_in_sink": False}],
        }
    ],
    "schedule": [{"repeat_interval": "86400s", "schedule_start_date": [{"year": 2025, "month": 1, "day": 1}]}],
}
LOCATION = "arn:aws:datasync:us-east-1:000000000000:location/loc-1"
DATASYNC: dict[str, Any] = {
    "name": "isthmus-replication",
    "destination_location_arn": LOCATION,
    "options": [{"overwrite_mode": "NEVER", "preserve_deleted_files": "PRESERVE"}],
    "includes": [],
    "excludes": [],
    "schedule": [{"schedule_expression": "rate(6 hours)", "status": None}],
}


def state(*resources: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    location = ("aws_datasync_location_s3", {"arn": LOCATION, "subdirectory": "/events/"})
    return {
        "resources": [
            {
                "mode": "managed",
                "module": "module.replication[0]",
                "type": kind,
                "name": "this",
                "instances": [{"attributes": attributes}],
            }
            for kind, attributes in (*resources, location)
        ]
    }


def sts(**changes: Any) -> TransferJob:
    job = copy.deepcopy(STS)
    for path, value in changes.items():
        *way, last = path.split("__")
        place: Any = job
        for step in way:
            place = place[step][0] if isinstance(place[step], list) else place[step]
        place[last] = value
    (found,) = jobs_of(state(("google_storage_transfer_job", job)))
    return found


def datasync(**changes: Any) -> TransferJob:
    (found,) = jobs_of(state(("aws_datasync_task", DATASYNC | changes)))
    return found


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def buckets() -> dict[Any, Any]:
    return {"aws": MemoryBucket("aws"), "gcp": MemoryBucket("gcp")}


def never(job: ScheduledCall) -> None:
    raise AssertionError(f"a transfer calls {job.to}")


@pytest.fixture
def runner(buckets: Any, clock: Clock, tmp_path: Path) -> JobRunner:
    return JobRunner(lambda: buckets, never, tmp_path / "jobs.json", clock)


def put(bucket: MemoryBucket, n: int, *, prefix: str = "events/", written: float = NOW - 2 * HOUR) -> str:
    frame = uuid7.derived(int(written * 1000), b"%d" % n)
    key = f"{prefix}type=t/date=2025-11-24/hour=14/{frame}.ndjson.gz"
    bucket.put_new(key, frames.stored_gzip(b"{}\n"), events=1)
    bucket._created[key] = int(written * 1000)
    return key


def test_both_kinds_of_job_are_read_from_a_state() -> None:
    job = sts()
    assert (job.name, job.target, job.problem) == ("transferJobs/1", "gcp", "")
    assert job.address == "module.replication[0].google_storage_transfer_job.this"
    assert (job.prefixes, job.idle_seconds) == (("events/", "quarantine/"), 3600)
    task = datasync()
    assert (task.target, task.prefixes, task.idle_seconds, task.problem) == ("aws", ("events/",), 0, "")
    included = datasync(includes=[{"filter_type": "SIMPLE_PATTERN", "value": "/type=a/|/type=b/"}])
    assert included.prefixes == ("events/type=a/", "events/type=b/")


@pytest.mark.parametrize(
    ("job", "says"),
    [
        (sts(transfer_spec__transfer_options__overwrite_when="ALWAYS"), "write over"),
        (sts(transfer_spec__transfer_options=[]), "write over"),
        (sts(transfer_spec__transfer_options__delete_objects_unique_in_sink=True), "delete objects"),
        (sts(transfer_spec__object_conditions__exclude_prefixes=["a"]), "exclude_prefixes can't be followed"),
        (sts(transfer_spec__gcs_data_sink__path="x/"), "sink.path can't be followed"),
        (sts(status="DISABLED"), "status is DISABLED"),
        (sts(schedule=[]), "incomplete"),
        (sts(schedule__repeat_interval="daily"), "no length of time"),
        (datasync(options=[{"overwrite_mode": "ALWAYS"}]), "write over"),
        (datasync(options=[{"overwrite_mode": "NEVER", "preserve_deleted_files": "REMOVE"}]), "delete objects"),
        (datasync(excludes=[{"value": "/x"}]), "excludes can't be followed"),
        (datasync(destination_location_arn="arn:other"), "no location of this state"),
        (datasync(schedule=[{"schedule_expression": "often"}]), "no schedule"),
        (datasync(schedule=[{"schedule_expression": "rate(1 hour)", "status": "DISABLED"}]), "DISABLED"),
    ],
)
def test_a_job_that_cannot_be_followed_to_the_letter_is_refused(job: TransferJob, says: str, runner: JobRunner) -> None:
    assert says in job.problem
    assert runner.due(job) is None
    assert runner.tick([job]) == []
    with pytest.raises(ConfigurationError, match="can't be run here"):
        runner.run(job)


def test_a_job_copies_one_way_only_what_is_old_enough_and_never_overwrites(buckets: Any, runner: JobRunner) -> None:
    aws, gcp = buckets["aws"], buckets["gcp"]
    old = put(aws, 1)
    young = put(aws, 2, written=NOW - 60)
    quarantined = put(aws, 3, prefix="quarantine/")
    other_way = put(gcp, 4)
    both = put(aws, 5)
    gcp.put_new(both, b"other")
    done = runner.run(sts())
    assert (done.copied, done.failures, done.corrupt, done.error) == (2, 0, 1, "")
    assert gcp.objects.keys() == {old, quarantined, other_way, both}
    assert gcp.objects[both] == b"other"
    assert aws.objects.keys() == {old, young, quarantined, both}


def test_datasync_fills_the_archive_on_aws_with_events_alone(buckets: Any, runner: JobRunner) -> None:
    event = put(buckets["gcp"], 1, written=NOW)
    put(buckets["gcp"], 2, prefix="quarantine/")
    assert runner.run(datasync()).copied == 1
    assert buckets["aws"].objects.keys() == {event}


def test_jobs_run_when_they_are_due_and_a_new_process_remembers(
    buckets: Any, runner: JobRunner, clock: Clock, tmp_path: Path
) -> None:
    jobs = [sts(), datasync()]
    assert len(runner.tick(jobs)) == 1, "Storage Transfer begins at once, a rate after its interval"
    assert runner.tick(jobs) == []
    clock.now += 6 * HOUR
    assert len(runner.tick(jobs)) == 1
    again = JobRunner(lambda: buckets, never, tmp_path / "jobs.json", clock)
    assert again.tick(jobs) == []
    assert again.due(jobs[1]) == clock.now + 6 * HOUR
    clock.now = again.due(jobs[0]) or 0
    assert clock.now % 86_400 == 0
    assert again.tick(jobs)[0].started == clock.now


def test_a_cloud_that_is_out_fails_the_run_and_not_the_runner(buckets: Any, runner: JobRunner, clock: Clock) -> None:
    put(buckets["aws"], 1)
    buckets["gcp"].out = True
    (failed,) = runner.tick([sts()])
    assert "the bucket is out" in failed.error
    buckets["gcp"].out = False
    clock.now += 24 * HOUR
    assert runner.tick([sts()])[0].copied == 1


def test_so_many_runs_are_kept(runner: JobRunner, clock: Clock) -> None:
    for _ in range(RUNS_KEPT + 2):
        runner.run(datasync())
        clock.now += 1
    assert next(run.started for run in runner.history(datasync()).runs) == NOW + 2
    assert len(runner.history(datasync()).runs) == RUNS_KEPT


def test_a_torn_history_is_begun_anew(buckets: Any, clock: Clock, tmp_path: Path) -> None:
    (tmp_path / "jobs.json").write_text('{"transferJobs/1": {"se')
    assert len(JobRunner(lambda: buckets, never, tmp_path / "jobs.json", clock).tick([sts()])) == 1
