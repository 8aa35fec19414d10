"""Applies one cloud's stack in a process of its own: `python -m isthmus.local.applying RUN CLOUD`.

Two clouds then take two cores, and the memory of the providers' schemas goes with the process.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from isthmus.local import process, stacks
from isthmus.local.rundir import RunDirectory

_PART = "terraform"


def apply(run: RunDirectory, cloud: str) -> dict[str, Any]:
    """Applies a cloud's stack and returns its outputs.

    Raises:
        TerraformFailed: With what Terraform said.
    """
    marks = {process.PART_VARIABLE: _PART, process.PART_OF_VARIABLE: str(run.root)}
    result = subprocess.run(
        [sys.executable, "-m", __name__, str(run.root), cloud],
        env={**os.environ, **marks},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if result.returncode:
        raise stacks.TerraformFailed(
            f"terraform apply failed\n{result.stdout.strip()}",
            where=f"terraform/stacks/*/{cloud}",
            fix=f"read what Terraform says above; `isthmus tf {stacks.ENVIRONMENT} LAYER/{cloud} plan` shows it again",
        )
    return stacks.outputs(run, cloud)


if __name__ == "__main__":
    sys.exit(stacks.apply(RunDirectory(Path(sys.argv[1])), sys.argv[2]))
