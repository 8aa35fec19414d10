"""How property tests are run: by their examples, never by how fast this machine is just now.

An example has no deadline of its own, and making one may be slow: beside other work both failed tests that hold. A test
that hangs is ended by the timeout of pytest. In CI the examples are the same at every run, as Hypothesis does there.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("isthmus", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("isthmus")
