"""The API key of a run: made once, kept in `run.json`, known to Terraform by its digest only."""

from __future__ import annotations

import hashlib
import json
import secrets

SENDER = "laptop"


def new_api_key() -> str:
    """A key of 32 random bytes."""
    return f"isk_{secrets.token_urlsafe(32)}"


def senders_variable(api_key: str) -> str:
    """The value of TF_VAR_senders that lets the holder of the key send anything."""
    return json.dumps({SENDER: {"key_sha256": [hashlib.sha256(api_key.encode()).hexdigest()]}})
