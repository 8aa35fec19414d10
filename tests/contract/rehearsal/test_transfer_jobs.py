"""The transfer jobs of the replication modules, applied and read back as they are run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from isthmus.local.transfers.definitions import TransferJob, jobs_of
from isthmus.local.transfers.schedules import Every, Rate
from isthmus.rehearsal import runner
from isthmus.rehearsal.realize.base import Context

MODULES = Path(__file__).resolve().parents[3] / "terraform" / "modules"

GOOGLE = f"""
resource "google_storage_bucket" "archive" {{
  name     = "replicated-by-a-job"
  location = "US-CENTRAL1"
}}

module "replication" {{
  source = "{MODULES}/gcp/replication"

  bucket         = google_storage_bucket.archive.name
  interval_hours = 6
  prefix         = "isthmus-test"
  project        = "p1"
  source_bucket  = "isthmus-test-archive-000000000000-us-east-1"
  source_role    = "arn:aws:iam::000000000000:role/isthmus-test-transfer"
}}
"""

AWS = f"""
resource "aws_sns_topic" "alarms" {{
  name = "replicated-by-a-job"
}}

resource "aws_kms_key" "all" {{
  description = "of the test"
}}

resource "aws_iam_policy" "boundary" {{
  name   = "replicated-by-a-job"
  policy = jsonencode({{ Version = "2012-10-17", Statement = [{{ Effect = "Allow", Action = "*", Resource = "*" }}] }})
}}

module "replication" {{
  source = "{MODULES}/aws/replication"

  alarm_topic = aws_sns_topic.alarms.arn
  boundary    = aws_iam_policy.boundary.arn
  bucket_arn  = "arn:aws:s3:::isthmus-test-archive-000000000000-us-east-1"
  datasync    = {{
    schedule        = "rate(6 hours)"
    source_location = "arn:aws:datasync:us-east-1:000000000000:location/loc-0123456789abcdef0"
  }}
  key         = aws_kms_key.all.arn
  log_key     = aws_kms_key.all.arn
  prefix      = "isthmus-test"
}}
"""


def applied(live: Callable, clouds: Context, text: str) -> TransferJob:
    """The one job that an apply of this makes."""
    made = live(text)
    code, said = made.say("apply", "-auto-approve")
    assert code == 0, said
    (job,) = jobs_of(runner.state(made.stack, clouds) or {})
    return job


def test_storage_transfer_is_followed_as_the_module_defines_it(live: Callable, clouds: Context) -> None:
    job = applied(live, clouds, GOOGLE)
    assert job.problem == ""
    assert (job.target, job.prefixes, job.idle_seconds) == ("gcp", ("events/", "quarantine/"), 3600)
    assert isinstance(job.schedule, Every)
    assert job.schedule.interval_seconds == 6 * 3600


def test_datasync_is_followed_as_the_module_defines_it(live: Callable, clouds: Context) -> None:
    job = applied(live, clouds, AWS)
    assert job.problem == ""
    assert (job.name, job.target, job.prefixes) == ("isthmus-test-replication", "aws", ("events/",))
    assert job.schedule == Rate(6 * 3600)


def test_a_module_that_would_overwrite_is_refused(live: Callable, clouds: Context, tmp_path: Path) -> None:
    module = tmp_path / "replication"
    module.mkdir()
    for file in (MODULES / "gcp" / "replication").glob("*.tf"):
        (module / file.name).write_text(file.read_text().replace('= "NEVER"', '= "ALWAYS"'))
    text = GOOGLE.replace(f"{MODULES}/gcp/replication", str(module)).replace("replicated-by", "overwritten-by")
    assert "write over" in applied(live, clouds, text).problem
