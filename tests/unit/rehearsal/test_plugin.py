"""The plug-in server before Terraform knows of it."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import resource
from isthmus.rehearsal.errors import NoTerraform
from isthmus.rehearsal.wire.plugin import PluginServer
PluginServer({}).stop()  # whatever is imported late
held = [open("/dev/null") for _ in range(8)]
used = held[-1].fileno() + 1
resource.setrlimit(resource.RLIMIT_NOFILE, (used, used))
try:
    PluginServer({})
except NoTerraform as error:
    print(error)
"""


def test_without_a_port_to_listen_on_it_says_what_to_do() -> None:
    """A process that may open no more files."""
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, errors="replace", timeout=60)
    assert "ulimit -n" in done.stdout, done.stderr
