"""The saved queues of the local AWS, made ready for the next one: at its port, and with nobody holding a message.

ministack 1.5.33 keys a queue by its URL, port included. Restored on another port, its event source mappings look for
queues that aren't there and say nothing: every message would wait for ever. A message that a function was handling
stays hidden for the queue's whole visibility timeout, minutes, although the function ended with the cloud.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from isthmus.local.rundir import write_atomically

_PORT = re.compile(r"(?<=//localhost:)\d+(?=/)")


def prepare(state_dir: Path, port: int) -> bool:
    """Rewrites a saved state: the queues at a port, every message visible; True when anything was another way.

    Args:
        state_dir: The STATE_DIR of the local AWS; nothing to do where it holds no queues yet.
        port: Where the gateway will listen.
    """
    saved = state_dir / "sqs.json"
    if not saved.is_file():
        return False
    before = saved.read_text("utf-8")
    after = _PORT.sub(str(port), _shown(before))
    if after == before:
        return False
    write_atomically(saved, after)
    return True


def _shown(text: str) -> str:
    try:
        state = json.loads(text)
    except ValueError:
        # ministack says so itself, and starts without it.
        return text
    held = [message for message in _messages(state) if message.get("receipt_handle")]
    for message in held:
        message["visible_at"] = 0
    return json.dumps(state) if held else text


def _messages(state: Any) -> Iterator[dict[str, Any]]:
    queues = state.get("payload", {}).get("queues", {}).get("data", {})
    for queue in queues.values():
        yield from queue.get("messages", ())
