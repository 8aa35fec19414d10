"""Failures on demand: the retry-test interface of Cloud Storage's conformance tests.

A client asks for failures of named calls (`POST /retry_test`), and gets them, one each, in the calls that carry the
test's id in the header `x-retry-test-id`. The scenarios are Google's, the interface is that of its test bench.
"""

from __future__ import annotations

import re
import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from isthmus.local.google.storage.common import Json
from isthmus.local.google.storage.errors import StorageError

HEADER = "x-retry-test-id"
_RETURN = re.compile(r"return-(\d{3})")
_AFTER = re.compile(r"return-(\d{3}|broken-stream|reset-connection)-after-(\d+)K")
_PLAIN = ("return-reset-connection", "return-broken-stream", "return-broken-stream-final-chunk-after-0B")
_KIB = 1024


class Reset(Exception):
    """The connection is to be cut without an answer."""


@dataclass(frozen=True)
class Fault:
    """What is to go wrong in a call.

    Attributes:
        status: The status to answer with; 0 cuts the connection.
        after_bytes: Bytes of content that pass before; None fails at once.
        streaming: Whether it is the answer's stream that breaks.
    """

    status: int
    after_bytes: int | None = None
    streaming: bool = False

    def strike(self) -> None:
        """Fails."""
        if not self.status:
            raise Reset
        raise StorageError(self.status, f"Retry Test: Caused a {self.status}")

    @classmethod
    def of(cls, instruction: str) -> Fault:
        """Reads an instruction. 400 for one that isn't known."""
        if match := _RETURN.fullmatch(instruction):
            return cls(int(match[1]))
        if match := _AFTER.fullmatch(instruction):
            status = int(match[1]) if match[1].isdigit() else 0
            return cls(status, int(match[2]) * _KIB, streaming=match[1] == "broken-stream")
        if instruction not in _PLAIN:
            raise StorageError(400, f"The instruction '{instruction}' is not known here.")
        return cls(0, 4 if "broken" in instruction else None, streaming="broken" in instruction)


@dataclass
class _Test:
    number: str
    instructions: dict[str, deque[str]] = field(default_factory=dict)

    def shown(self) -> Json:
        left = {name: list(waiting) for name, waiting in self.instructions.items()}
        return {"id": self.number, "instructions": left, "completed": not any(left.values()), "transport": "HTTP"}


class Faults:
    """The tests that are under way. They are gone with the server."""

    def __init__(self) -> None:
        self._tests: dict[str, _Test] = {}

    async def create(self, request: Request) -> Response:
        """`POST /retry_test`"""
        wanted = msgspec.json.decode(await request.body(), type=dict[str, object]).get("instructions")
        if not isinstance(wanted, dict) or not wanted:
            raise StorageError(400, "instructions is missing.")
        test = _Test(uuid.uuid4().hex)
        for method, instructions in wanted.items():
            for one in instructions:
                Fault.of(one)
            test.instructions[method] = deque(instructions)
        self._tests[test.number] = test
        return JSONResponse(test.shown())

    async def one(self, request: Request) -> Response:
        """`GET` and `DELETE /retry_test/ID`"""
        test = self._test(request.path_params["test"])
        if request.method == "DELETE":
            del self._tests[test.number]
            return JSONResponse({})
        return JSONResponse(test.shown())

    def peek(self, method: str, headers: Mapping[str, str]) -> Fault | None:
        """What is to go wrong next in calls of a method that are part of a test; None for any other."""
        waiting = self._test(headers[HEADER]).instructions.get(method) if HEADER in headers else None
        return Fault.of(waiting[0]) if waiting else None

    def use(self, method: str, headers: Mapping[str, str]) -> None:
        """Notes that it has gone wrong."""
        self._test(headers[HEADER]).instructions[method].popleft()

    def _test(self, number: str) -> _Test:
        if number not in self._tests:
            raise StorageError(404, f"Retry Test {number} does not exist.")
        return self._tests[number]
