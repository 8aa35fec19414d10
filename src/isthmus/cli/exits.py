"""The exit codes of every command."""

from __future__ import annotations

from typing import Final

OK: Final = 0
"""It worked, and what was asked about is well."""
FAILED: Final = 1
"""It was tried and did not work; the message says why."""
USAGE: Final = 2
"""The command line can't be understood."""
DIFFERS: Final = 2
"""Of `isthmus drift`, as of Terraform's -detailed-exitcode: what is deployed differs."""
NOT_UP: Final = 3
"""The clouds are not up; `isthmus up` starts them."""
PARTLY_UP: Final = 4
"""Some of the parts are up, or one doesn't answer."""
FIRES: Final = 5
"""An objective is missed so fast that somebody must be told."""
INTERRUPTED: Final = 130
"""Ctrl-C."""

MEANINGS: Final = {
    OK: "ok",
    FAILED: "it failed; the message says why",
    USAGE: "the command line can't be understood (of drift: there is some)",
    NOT_UP: "the clouds are not up",
    PARTLY_UP: "some parts are up, others not",
    FIRES: "an alert fires",
    INTERRUPTED: "interrupted",
}
