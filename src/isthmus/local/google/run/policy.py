"""The IAM policy of a service: kept and given back, not enforced."""

from __future__ import annotations

import base64
import uuid
from typing import Any

from isthmus.local.google.run.errors import Refusal

Json = dict[str, Any]
_NO_POLICY_ETAG = "ACAB"


def read(policy: Json) -> Json:
    """The policy; one that was never set is empty, with the etag that Google gives it."""
    return policy or {"etag": _NO_POLICY_ETAG}


def changed(old: Json, given: Json) -> Json:
    """The policy that a request sets.

    Raises:
        Refusal: ABORTED, when the etag sent is not that of the policy that is replaced.
    """
    etag = given.get("etag", "")
    if etag and etag != read(old)["etag"]:
        raise Refusal("ABORTED", "There were concurrent policy changes. Please retry the whole read-modify-write.")
    bindings = [binding for binding in given.get("bindings", []) if binding.get("members")]
    return {"version": given.get("version") or 1, "etag": _etag(), "bindings": bindings}


def _etag() -> str:
    return base64.b64encode(uuid.uuid4().bytes[:8]).decode()
