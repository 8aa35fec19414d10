"""The providers random, null and time, which keep everything in the state: here they are no stand-ins but the thing.

Nothing has to be downloaded for them. What differs from HashiCorp's: a seed gives other values than theirs, a bcrypt
hash is only of the right shape, and `time_sleep` doesn't wait, as nothing that it would wait for is real.
"""

from __future__ import annotations

from isthmus.rehearsal.realize.base import Realizer
from isthmus.rehearsal.realize.state_only import null, random, time

REALIZERS: dict[str, dict[str, Realizer]] = {
    "random": random.REALIZERS,
    "null": null.REALIZERS,
    "time": time.REALIZERS,
}
"""By provider and resource type."""
