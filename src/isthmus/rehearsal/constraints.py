"""Version constraints of providers: what a configuration asks for, and whether the stand-in's schemas are of that."""

from __future__ import annotations

import re
from collections.abc import Iterable

_BLOCK = re.compile(r'(?:^|[\s{,])"?required_providers"?\s*[:=]?\s*\[?\s*\{')
_ENTRY = re.compile(r'(?:^|[\s{,])"?([\w-]+)"?\s*[=:]\s*\{([^{}]*)\}')
_BRACE = re.compile(r"[{}]")
_TERM = re.compile(r"^(=|!=|>=|<=|>|<|~>)?\s*v?(\d+(?:\.\d+)*)$")


def constraints(text: str) -> Iterable[tuple[str, str]]:
    """The constraints of `required_providers` blocks, as (`hashicorp/aws`, `~> 5.0`)."""
    end = 0
    while start := _BLOCK.search(text, end):
        inside = _inside(text, start.end())
        end = start.end() + len(inside)
        for name, body in _ENTRY.findall(inside):
            version = _field(body, "version")
            if version:
                yield _field(body, "source") or f"hashicorp/{name}", version


def allows(constraint: str, version: str) -> bool:
    """Whether a version meets a constraint; one that is not understood is taken as met: Terraform has its own say."""
    terms = [_TERM.match(term.strip()) for term in constraint.split(",")]
    return all(_meets(term[1] or "=", _numbers(term[2]), _numbers(version)) for term in terms if term)


def _inside(text: str, start: int) -> str:
    """The text up to the brace that ends the block, or to its own end."""
    depth = 1
    for brace in _BRACE.finditer(text, start):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            return text[start : brace.start()]
    return text[start:]


def _field(body: str, name: str) -> str:
    found = re.search(rf'(?:^|[{{,\n])[ \t]*"?{name}"?\s*[=:]\s*"([^"]+)"', body)
    return found[1].strip() if found else ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _meets(operator: str, wanted: tuple[int, ...], there: tuple[int, ...]) -> bool:
    width = max(len(wanted), len(there))
    left, right = (numbers + (0,) * (width - len(numbers)) for numbers in (there, wanted))
    if operator == "~>":
        # The last number that is given may grow, those before it may not.
        return left >= right and left[: max(len(wanted) - 1, 1)] == right[: max(len(wanted) - 1, 1)]
    results = {"=": left == right, "!=": left != right, ">": left > right, "<": left < right}
    return {**results, ">=": left >= right, "<=": left <= right}[operator]
