"""Writes docs/reference/errors.md: every error that the code raises for a user, read out of the code.

python tools/errors_doc.py [--check]
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

import generated

from isthmus.cli import exits
from isthmus.core import requests
from isthmus.local import errors as host

ROOT = Path(__file__).resolve().parent.parent
CODE = ROOT / "src" / "isthmus"
DOCUMENT = ROOT / "docs" / "reference" / "errors.md"
BASE = "IsthmusError"
PROBLEM = "Problem"
USAGE = "BadParameter"
FILLED = "…"
API = CODE / "local" / "google"
"""What the local Google Cloud answers is Google's own, and no error of ours."""

HEAD = """# Errors

Written by `python tools/errors_doc.py` from the code. `…` stands for what is filled in.
"""
INGEST = """## What an ingest answers

`202` says how many events are accepted, and which are not and why. Everything else is a problem document (RFC 9457,
`application/problem+json`) with `status`, `title` and `detail`; `rejected` in it names events. A publisher of ours does
what the last column says by itself.
"""
REJECTED = """## Why one event is rejected

In `rejected` of an answer each event has its `index` in the request, the `attribute` at fault, a `reason` and a `code`.
The others of the request are accepted.
"""
COMMANDS = """## What the command line says

On standard error, in one block, and never a traceback:

```
error: what was wrong
  where: a file and line, a resource, an address
  to do: what to do next
```

`--debug` shows where in the code it came from. The last column has the exit code. What functions and the clouds'
adapters raise stands in their logs as well.
"""
DO = {
    202: "nothing; send what is named in `rejected` again once it is mended",
    400: "mend the request; the same one will never be accepted",
    401: "send a key, token or signature that `senders` has",
    403: "ask for the `source` or `type`, or send others",
    404: "send to `POST /v1/events`",
    405: "use the method that `allow` names",
    413: "send it in parts",
    415: "send one of the three content modes of CloudEvents, gzip or not",
    422: "mend the events as `rejected` says",
    429: "send again later, more slowly",
    500: "send again, to the other cloud too: it is a fault of ours",
    503: "send the whole request again after `retry-after` seconds, with the same `Idempotency-Key`, to either cloud",
}
"""What a sender does next, by status."""
CODES = {
    "invalid": "mend the event",
    "duplicate": "nothing: the request has the same `source` and `id` before it",
    "forbidden": "ask for the `source` or `type`, or send another",
    "too-large": "make it smaller: it must fit into a frame",
}
PLACES = {
    "adapters": "The clouds",
    "archive": "Archives, queries and the catalogue",
    "change": "Judging and applying a change",
    "cli": "The command line",
    "console": "The console",
    "core": "Settings of the core",
    "cost": "Costs",
    "functions": "Settings of the functions",
    "gamedays": "Game days",
    "local": "The clouds on this machine",
    "policy": "Policies",
    "publisher": "Sending",
    "rehearsal": "Rehearsing Terraform",
    "samples": "Samples",
}
EXIT = {"Interrupted": exits.INTERRUPTED, "NotUp": exits.NOT_UP, USAGE: exits.USAGE}


@dataclass(frozen=True, order=True)
class Raised:
    """An error that a line of the code raises.

    Attributes:
        place: The package, as `change`.
        what: What was wrong; `…` for what is filled in.
        fix: What to do next; empty where the error says that itself.
        kind: Its class.
        status: Of a problem: the HTTP status; else 0.
    """

    place: str
    what: str
    fix: str
    kind: str
    status: int = 0


class _Module:
    """One file of the code."""

    def __init__(self, path: Path) -> None:
        self.place = path.relative_to(CODE).parts[0].removesuffix(".py")
        self.tree = ast.parse(path.read_text("utf-8"))
        self._known = {
            target.id: node.value
            for node in self.tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }

    def text(self, node: ast.expr | None) -> str:
        """What an expression says, as far as it is written down."""
        if isinstance(node, ast.Constant):
            return str(node.value)
        if isinstance(node, ast.JoinedStr):
            return "".join(map(self.text, node.values))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self.text(node.left) + self.text(node.right)
        if isinstance(node, ast.IfExp):
            return " / ".join(text for text in (self.text(node.body), self.text(node.orelse)) if text)
        if isinstance(node, ast.Name) and isinstance(self._known.get(node.id), ast.Constant | ast.JoinedStr):
            return self.text(self._known[node.id])
        return "" if node is None else FILLED

    def raised(self, kinds: set[str]) -> Iterator[Raised]:
        """The errors of some classes that the file makes, and those of a document that is read with its lines."""
        kinds = kinds - self._of_its_own(kinds)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in kinds:
                    yield from self._made(node, name)
                elif name == "wrong" and isinstance(node.func, ast.Attribute):
                    yield from self._made(node, "ConfigurationError", fix_at=2)

    def _of_its_own(self, kinds: set[str]) -> set[str]:
        """Classes that share a name with an error and are none: declared here, or the findings of a check."""
        declared = [node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef)]
        own = {node.name for node in declared if not kinds & {getattr(base, "id", "") for base in node.bases}}
        return own if self.place in ("core", "functions") else {*own, PROBLEM}

    def _made(self, call: ast.Call, kind: str, fix_at: int = -1) -> Iterator[Raised]:
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        at = 1 if kind == PROBLEM else 0
        status = call.args[0] if kind == PROBLEM and call.args else None
        what = self.text(call.args[at] if len(call.args) > at else given.get("what"))
        fix = self.text(given.get("fix") or (call.args[fix_at] if len(call.args) > fix_at >= 0 else None))
        if any(letter.isalpha() for letter in what):
            code = status.value if isinstance(status, ast.Constant) else 0
            yield Raised(self.place, _line(what), "" if fix == FILLED else _line(fix), kind, int(code or 0))


def _line(text: str) -> str:
    return " ".join(text.split())


def found() -> set[Raised]:
    """Every error of the code."""
    modules = [_Module(path) for path in sorted(CODE.rglob("*.py")) if API / "run" not in path.parents]
    kinds = {BASE, USAGE}
    before = 0
    while len(kinds) != before:  # a class may be declared before the one that it is made of is read
        before = len(kinds)
        kinds |= {
            node.name
            for module in modules
            for node in ast.walk(module.tree)
            if isinstance(node, ast.ClassDef) and kinds & {getattr(base, "id", "") for base in node.bases}
        }
    return {one for module in modules for one in module.raised(kinds)}


def render() -> str:
    """The page."""
    errors = found()
    problems = [one for one in errors if one.kind == PROBLEM and one.status]
    others = sorted(one for one in errors if one.kind != PROBLEM)
    parts = [HEAD, INGEST, *_statuses(), "### What each says\n", *_problems(problems), REJECTED, *_rejections()]
    parts += [COMMANDS, *_codes()]
    for place, group in groupby(others, key=lambda one: one.place):
        rows = [(one.what, one.fix, _exit(one)) for one in group]
        parts += [f"### {PLACES[place]}\n", *_table(("error", "to do", "exit code"), rows)]
    return "\n".join([*parts, "### The machine\n", *_machine()])


def _statuses() -> list[str]:
    titles = {202: "At least one event is held by a broker", 429: "Too many requests", **requests.TITLES}
    rows = [(str(status), titles[status], DO[status]) for status in sorted(titles)]
    return _table(("status", "what it is", "to do"), rows)


def _problems(problems: list[Raised]) -> list[str]:
    return _table(("status", "detail"), sorted({(str(one.status), one.what) for one in problems}))


def _rejections() -> list[str]:
    return _table(("code", "to do"), [(f"`{code}`", do) for code, do in CODES.items()])


def _codes() -> list[str]:
    return _table(("exit code", "meaning"), [(str(code), meaning) for code, meaning in exits.MEANINGS.items()])


def _exit(one: Raised) -> str:
    return str(EXIT.get(one.kind, exits.FAILED))


def _machine() -> list[str]:
    return _table(("error", "to do"), sorted(set(host.SENTENCES.values())))


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    lines = [head, ("---",) * len(head), *rows]
    return ["| " + " | ".join(_cell(cell) for cell in cells) + " |" for cells in lines] + [""]


def _cell(text: str) -> str:
    for mark in ("|", "*", "_", "<", "[") if "`" not in text else ("|",):
        text = text.replace(mark, "\\" + mark)
    return text


def main(arguments: list[str]) -> int:
    """Writes the page, or checks it; returns the exit code."""
    return generated.write(DOCUMENT, render(), arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
