"""The saved queues of the local AWS, moved to the port that it is going to listen on.

ministack 1.5.33 keys a queue by its URL, port included. Restored on another port, its event source mappings look for
queues that aren't there and say nothing: every message would wait for ever.
"""

from __future__ import annotations

import re
from pathlib import Path

from isthmus.local.rundir import write_atomically

_PORT = re.compile(r"(?<=//localhost:)\d+(?=/)")


def move(state_dir: Path, port: int) -> bool:
    """Rewrites the queues' URLs in a saved state to a port; True when anything had another one.

    Args:
        state_dir: The STATE_DIR of the local AWS; nothing to do where it holds no queues yet.
        port: Where the gateway will listen.
    """
    saved = state_dir / "sqs.json"
    if not saved.is_file():
        return False
    before = saved.read_text("utf-8")
    after = _PORT.sub(str(port), before)
    if after == before:
        return False
    write_atomically(saved, after)
    return True
