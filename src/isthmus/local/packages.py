"""The function packages: built again when what they are made of has changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from isthmus.local import bundle
from isthmus.local.project import work_dir

PACKAGES = Path("build") / "lambda"


def ensure() -> str:
    """Builds the Lambda packages where they are missing or stale; returns a digest of what they hold."""
    built = bundle.ensure(work_dir() / PACKAGES)
    return hashlib.sha256("".join(package.sha256 for package in built).encode()).hexdigest()
