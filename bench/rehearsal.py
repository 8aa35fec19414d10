"""Terraform over the provider stand-ins: both clouds' types in one root module, nothing made anywhere.

`validate` and `plan` are Terraform commands on an initialized folder, the stand-ins' start included; the whole command
is `isthmus rehearse -- plan` as a person types it in a fresh folder, `init` and Python's start included.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import measure
from measure import Figure

from isthmus.rehearsal.runner import run_stack
from isthmus.rehearsal.stack import stack_at

ROUNDS = 3
PART = "rehearsal"
PROVIDERS = 'provider "aws" { region = "us-east-1" }\nprovider "google" { project = "p" }\n'
# Ten resources that name each other, as a team's own look.
TEN = """
resource "aws_sqs_queue" "q{n}" {{
  name           = "q{n}"
  redrive_policy = jsonencode({{ deadLetterTargetArn = aws_sqs_queue.d{n}.arn, maxReceiveCount = 5 }})
}}
resource "aws_sqs_queue" "d{n}" {{ name = "d{n}" }}
resource "aws_sns_topic" "t{n}" {{ name = "t{n}" }}
resource "aws_sns_topic_subscription" "s{n}" {{
  topic_arn = aws_sns_topic.t{n}.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.q{n}.arn
}}
resource "aws_s3_bucket" "b{n}" {{ bucket = "bench-{n}" }}
resource "aws_s3_bucket_versioning" "v{n}" {{
  bucket = aws_s3_bucket.b{n}.id
  versioning_configuration {{ status = "Enabled" }}
}}
resource "google_pubsub_topic" "p{n}" {{ name = "p{n}" }}
resource "google_pubsub_subscription" "u{n}" {{
  name  = "u{n}"
  topic = google_pubsub_topic.p{n}.id
}}
resource "google_storage_bucket" "g{n}" {{
  name     = "bench-{n}"
  location = "US"
}}
resource "google_storage_bucket_iam_member" "m{n}" {{
  bucket = google_storage_bucket.g{n}.name
  role   = "roles/storage.objectViewer"
  member = "allUsers"
}}
"""


def run() -> list[Figure]:
    """Measures 80 and 500 resources; the best of a few rounds each."""
    with tempfile.TemporaryDirectory() as scratch:
        few, many = _folder(Path(scratch) / "few", 80), _folder(Path(scratch) / "many", 500)
        whole = min(_whole_command(few) for _ in range(ROUNDS))
        largest_mib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        _terraform(few, "init")
        validate, plan = (min(_terraform(few, word) for _ in range(ROUNDS)) for word in ("validate", "plan"))
        _terraform(many, "init")
        large = min(_terraform(many, "plan") for _ in range(ROUNDS))
    return [
        Figure(PART, "validate, 80 resources", validate, "s", 0.4, most=True),
        Figure(PART, "plan, 80 resources", plan, "s", 0.8, most=True),
        Figure(PART, "the whole command in a fresh folder, 80 resources", whole, "s", 2, most=True),
        Figure(PART, "the largest process of that, stand-ins or Terraform", largest_mib, "MiB", 120, most=True),
        Figure(PART, "plan, 500 resources", large, "s", 4, most=True),
    ]


def _folder(path: Path, count: int) -> Path:
    path.mkdir()
    (path / "main.tf").write_text(PROVIDERS + "".join(TEN.format(n=number) for number in range(count // 10)))
    return path


def _terraform(folder: Path, word: str) -> float:
    """The seconds that a Terraform command takes, the stand-ins' start included."""
    stack = stack_at(folder, run_dir=folder.parent / "run")
    with tempfile.TemporaryFile("w+") as out:
        began = time.perf_counter()
        code = run_stack(stack, [word], stdout=out, stderr=out)
        seconds = time.perf_counter() - began
        out.seek(0)
        if code:
            raise SystemExit(f"terraform {word} failed:\n{out.read()}")
    return seconds


def _whole_command(folder: Path) -> float:
    """The seconds that `isthmus rehearse -- plan` takes as a process of its own, with a run directory of its own."""
    run = folder.parent / f"run-{time.monotonic_ns()}"
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "isthmus.cli", "rehearse", "--", "plan"],
        cwd=folder,
        env={**os.environ, "ISTHMUS_RUN_DIR": str(run)},
        capture_output=True,
        text=True,
    )
    seconds = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(f"isthmus rehearse failed:\n{done.stdout}{done.stderr}")
    return seconds


if __name__ == "__main__":
    measure.main(__doc__, run)
