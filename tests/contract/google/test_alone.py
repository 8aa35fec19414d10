"""The local Google Cloud alone: as a command, and as a context manager of tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from google.api_core import exceptions
from google.auth.credentials import AnonymousCredentials
from google.cloud import pubsub_v1, storage

from isthmus.local.google import LocalGoogle
from isthmus.rehearsal.realize.base import Context


def test_a_test_has_it_with_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Google's clients find it by themselves; afterwards everything is as it was."""
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", "before")
    monkeypatch.delenv("STORAGE_EMULATOR_HOST", raising=False)
    with LocalGoogle(project="mine") as google:
        with pubsub_v1.PublisherClient() as publisher:
            topic = publisher.create_topic(name="projects/mine/topics/news").name
            assert publisher.publish(topic, b"x").result(timeout=10)
        client = storage.Client(project="mine", credentials=AnonymousCredentials())
        client.create_bucket("news").blob("x").upload_from_string("x")
        assert os.environ["GOOGLE_CLOUD_PROJECT"] == "mine"
        google.advance(60)
    assert os.environ["PUBSUB_EMULATOR_HOST"] == "before" and "STORAGE_EMULATOR_HOST" not in os.environ


def test_a_project_that_is_not_there_is_refused_as_google_does(tmp_path: Path) -> None:
    """Each service in its own way."""
    with LocalGoogle(tmp_path, project="mine") as google:
        publisher = pubsub_v1.PublisherClient()
        with pytest.raises(exceptions.NotFound, match=r"Requested project not found.*project=yours"):
            publisher.create_topic(name="projects/yours/topics/news")
        publisher.transport.close()
        client = storage.Client(project="yours", credentials=AnonymousCredentials())
        with pytest.raises(exceptions.BadRequest, match="Unknown project id: yours"):
            client.create_bucket("news")
        assert google.project == "mine"


def test_a_project_that_terraform_makes_something_in_is_there(tmp_path: Path) -> None:
    """From then on, through a kill; others stay refused."""
    with LocalGoogle(tmp_path, project="mine") as google:
        context = Context(google_http_endpoint=google.http, google_grpc_endpoint=google.grpc)
        topic = f"projects/{context.google_project('yours')}/topics/news"
        google.kill()
        google.start()
        with pubsub_v1.PublisherClient() as publisher:
            assert publisher.create_topic(name=topic).name == topic
            with pytest.raises(exceptions.NotFound, match=r"Requested project not found.*project=theirs"):
                publisher.get_topic(topic="projects/theirs/topics/news")
        storage.Client(project="yours", credentials=AnonymousCredentials()).create_bucket("news")


def test_the_command_starts_it_and_says_where_it_is(tmp_path: Path) -> None:
    """In one line of JSON; SIGTERM ends it."""
    command = [sys.executable, "-m", "isthmus.cli", "google", "--data-dir", str(tmp_path), "--project", "mine"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())
    assert (ready["ready"], ready["project"]) == (True, "mine") and ready["http_port"] and ready["grpc_port"]
    process.terminate()
    assert process.wait(timeout=20) == 0
    process.stdout.close()
