"""What a boto3 call raises when AWS can't be reached, refuses, or something between answers in its place."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

FAULTS = (BotoCoreError, ClientError, ResponseParserError, KeyError)
"""KeyError: how botocore reads well-formed XML that is not the answer (a proxy's page, with status 200)."""
