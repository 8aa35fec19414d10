"""Trace context as W3C writes it: `traceparent` and `tracestate` (Trace Context, level 1; 2021-11)."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_STATE_CHARS = 512
"""Characters of a tracestate that are kept: what W3C asks everyone to pass on at least."""

MAX_STATE_MEMBERS = 32
"""Members of a tracestate; a longer list is not valid (W3C, 3.3.1.1)."""

_LONG_MEMBER_CHARS = 128
_PARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_MEMBER = re.compile(r"[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]")
_NO_TRACE, _NO_SPAN = "0" * 32, "0" * 16


@dataclass(frozen=True, slots=True)
class TraceContext:
    """What joins a span to those that it causes.

    Attributes:
        trace_id: 32 lower-case hex digits, not all zero.
        span_id: 16 lower-case hex digits, not all zero.
        sampled: Whether the trace is recorded.
        state: Its tracestate, "" for none.
    """

    trace_id: str
    span_id: str
    sampled: bool
    state: str = ""

    @property
    def traceparent(self) -> str:
        """The context in the form of a header or an attribute."""
        return f"00-{self.trace_id}-{self.span_id}-{'01' if self.sampled else '00'}"


def parse(traceparent: str | None, tracestate: str = "") -> TraceContext | None:
    """Reads a context, or returns None for what is none: then a new trace begins, as W3C asks.

    Args:
        traceparent: The header or attribute. Later versions than 00 are read as far as 00 goes.
        tracestate: Kept within `MAX_STATE_CHARS` where it is valid; it never spoils the traceparent.
    """
    found = _PARENT.fullmatch(traceparent) if traceparent else None
    if found is None:
        return None
    version, trace_id, span_id, flags, more = found.groups()
    if version == "ff" or (version == "00" and more) or trace_id == _NO_TRACE or span_id == _NO_SPAN:
        return None
    return TraceContext(trace_id, span_id, bool(int(flags, 16) & 1), _state(tracestate) if tracestate else "")


def _state(text: str) -> str:
    """A valid list within the limit: long members go first, then those at the end (W3C, 3.3.1.5); "" otherwise."""
    members = [member.strip(" \t") for member in text.split(",", MAX_STATE_MEMBERS) if member.strip(" \t")]
    if len(members) > MAX_STATE_MEMBERS or not all(map(_MEMBER.fullmatch, members)):
        return ""
    if len(",".join(members)) > MAX_STATE_CHARS:
        members = [member for member in members if len(member) <= _LONG_MEMBER_CHARS]
    while len(",".join(members)) > MAX_STATE_CHARS:
        members.pop()
    return ",".join(members)
