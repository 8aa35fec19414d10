"""The classes of the protocol's messages."""

from __future__ import annotations

import subprocess
import sys

_AT_ONCE = """
import sys, threading
from concurrent.futures import ThreadPoolExecutor
from isthmus.rehearsal.wire import messages
sys.setswitchinterval(1e-6)
together = threading.Barrier(8)
def first(_):
    together.wait()
    return messages.message("DynamicValue")
with ThreadPoolExecutor(8) as pool:
    print(len(set(pool.map(first, range(8)))))
"""


def test_runs_that_begin_at_once_have_the_same_classes() -> None:
    """In a process of its own, where nobody has asked for them yet."""
    done = subprocess.run([sys.executable, "-c", _AT_ONCE], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"
