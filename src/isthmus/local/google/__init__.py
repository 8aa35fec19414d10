"""A Google Cloud for one machine: Pub/Sub, Cloud Storage, Cloud KMS and Cloud Run, spoken to by Google's own clients.

`python -m isthmus.local.google --data-dir DIR` starts it; `GoogleServer` does so from Python. What it acknowledged
survives a SIGKILL.
"""

from isthmus.local.google.child import GoogleServer

__all__ = ["GoogleServer"]
