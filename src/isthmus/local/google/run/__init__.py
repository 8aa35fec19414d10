"""Cloud Run: the admin API (v2, REST) whose services are processes on this machine."""

from isthmus.local.google.run.service import DEFAULT_COMMAND, CloudRun

__all__ = ["DEFAULT_COMMAND", "CloudRun"]
