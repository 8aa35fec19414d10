"""The watch over memory."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from isthmus.gamedays.memory import MemoryWatch

MIB = 2**20


def test_a_child_counts_for_as_long_as_it_lives(tmp_path: Path) -> None:
    """Terraform is a child of the demo: what it takes is the demo's."""
    with MemoryWatch(tmp_path) as watch:
        program = f"held = bytearray(b'x') * {100 * MIB}; print('held', flush=True); input()"
        with subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "held\n"
            deadline = time.monotonic() + 10
            while watch.peak_bytes < 100 * MIB and time.monotonic() < deadline:
                time.sleep(0.05)
            child.communicate("\n")
    assert watch.peak_bytes > 100 * MIB
