"""The Cloud Run image and the local process are the same program."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from isthmus.local import bundle

ROOT = Path(__file__).resolve().parents[3]


def test_the_image_starts_what_the_local_process_starts() -> None:
    """The Dockerfile's entry point is the local Google Cloud's run command."""
    from isthmus.local.google.run import DEFAULT_COMMAND

    text = (ROOT / "Dockerfile").read_text()
    entry = json.loads(re.search(r"^ENTRYPOINT (\[.*\])$", text, re.MULTILINE)[1])
    assert [sys.executable, *entry[1:]] == list(DEFAULT_COMMAND)


def test_the_image_copies_the_code_that_the_packages_hold() -> None:
    """What Lambda gets of Isthmus, Cloud Run gets, too."""
    text = (ROOT / "Dockerfile").read_text()
    copied = set(re.findall(r"^COPY src/isthmus/(\S+) ", text, re.MULTILINE))
    assert {part.split("/")[0] for part in bundle.OWN} == copied


def test_the_image_has_the_event_catalogue() -> None:
    """The compaction makes columns of it."""
    assert "COPY catalog catalog\n" in (ROOT / "Dockerfile").read_text()


def test_the_image_needs_no_root() -> None:
    """It runs as an unprivileged user by number."""
    assert re.search(r"^USER \d{4,}", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
