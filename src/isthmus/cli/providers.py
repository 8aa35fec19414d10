"""`--provider`, which several commands take."""

from __future__ import annotations

import os
from typing import Any

import typer

PROVIDER: Any = typer.Option(
    "--provider", help="Which Terraform providers: rehearsed (the stand-ins), or real ones on the local clouds."
)


def choose(provider: str) -> None:
    """Makes the choice known to this process and those that it starts; nothing where none was made."""
    if provider:
        os.environ["ISTHMUS_PROVIDER"] = provider
