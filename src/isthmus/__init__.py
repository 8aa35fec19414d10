"""Isthmus takes events in on AWS and on Google Cloud and keeps every one of them in both."""

__version__ = "0.1.0"
