"""A Google Cloud for one machine: Pub/Sub, Cloud Storage, Cloud KMS and Cloud Run, spoken to by Google's own clients.

`isthmus google` starts it; `LocalGoogle` does so in a test, `GoogleServer` in a program. What it acknowledged
survives a SIGKILL. What works is in docs/local-google.md.
"""

from isthmus.local.google.alone import LocalGoogle
from isthmus.local.google.child import GoogleServer

__all__ = ["GoogleServer", "LocalGoogle"]
