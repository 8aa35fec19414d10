"""Terraform's arguments as the child gets them: flags that a rehearsal adds, and paths from where the user stands."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from isthmus.rehearsal.stack import Stack

WITHOUT_INIT = frozenset({"fmt", "version", "init", "get"})
WITH_VARIABLES = frozenset({"plan", "apply", "destroy", "refresh", "import", "console", "test"})
"""What reads the environment's variables."""
_PLAIN = frozenset({"", "fmt", "version"})
"""What has no colours; whatever else prints has the flag that goes without."""
_WITH_SUBCOMMANDS = frozenset({"state", "workspace", "providers", "metadata"})
_PATHS = frozenset({"out", "var-file", "generate-config-out", "backup"})
_TAKES_PLAN = frozenset({"apply", "show"})
_VALUED = frozenset(
    {
        *("backend-config", "backup", "filter", "from-module", "generate-config-out", "id", "invoke", "junit-xml"),
        *("lock-timeout", "lockfile", "module-depth", "out", "parallelism", "plan", "platform", "plugin-dir"),
        *("replace", "state", "state-out", "target", "target-file", "test-directory", "type", "var", "var-file"),
    }
)
"""Flags whose value may be a word of its own."""


def joined(args: Sequence[str]) -> list[str]:
    """The same arguments with each flag and its value in one word, as `-var=x=1` for `-var x=1`."""
    found, words = list(args[:1]), iter(args[1:])
    for word in words:
        bare = word.startswith("-") and word.lstrip("-") in _VALUED
        value = next(words, None) if bare else None
        found.append(word if value is None else f"{word}={value}")
    return found


def arguments(stack: Stack, args: Sequence[str], *, plain: bool) -> list[str]:
    """The child's arguments.

    Args:
        args: As `joined` makes them.
        plain: Whether colours would be noise.
    """
    name, *given = args or [""]
    rest = [_from_here(name, argument) for argument in given]
    flags: list[str] = []
    if name in _WITH_SUBCOMMANDS and rest and not rest[0].startswith("-"):
        flags.append(rest.pop(0))
    if _colored(name, flags) and plain and "-no-color" not in rest:
        flags.append("-no-color")
    if name in WITH_VARIABLES and saved_plan(args) is None and stack.variable_file:
        flags.append(f"-var-file={stack.variable_file.resolve()}")
    if name == "init" and "-input=false" not in rest:
        flags.append("-input=false")
    return [*([name] if name else []), *flags, *rest]


def _colored(name: str, subcommand: Sequence[str]) -> bool:
    return not name.startswith("-") and name not in _PLAIN and (name not in _WITH_SUBCOMMANDS or bool(subcommand))


def saved_plan(args: Sequence[str]) -> Path | None:
    """The saved plan that a command, as `joined` makes it, applies; None where it makes its own."""
    if not args or args[0] != "apply":
        return None
    files = [argument for argument in args[1:] if not argument.startswith("-")]
    return Path(files[-1]) if files else None


def written_plan(args: Sequence[str]) -> Path | None:
    """The file that `plan -out` writes, in a command as `joined` makes it."""
    if not args or args[0] != "plan":
        return None
    named = [argument.partition("=")[2] for argument in args if argument.lstrip("-").startswith("out=")]
    return Path(named[-1]) if named else None


def is_plain(stdout: Any) -> bool:
    """Whether colours would be noise: the library can't tell a terminal from a file."""
    return stdout is not None or not os.isatty(1) or bool(os.environ.get("NO_COLOR"))


def _from_here(name: str, argument: str) -> str:
    """Makes the path in an argument absolute: the child's folder is another than the user's."""
    flag, equals, value = argument.partition("=")
    if equals and flag.lstrip("-") in _PATHS:
        # A file of variables may also be named as seen from the root module, which is Terraform's folder.
        known = flag.lstrip("-") != "var-file" or Path(value).exists()
        return f"{flag}={Path(value).absolute()}" if known else argument
    if name in _TAKES_PLAN and not argument.startswith("-") and Path(argument).is_file():
        return str(Path(argument).absolute())
    return argument
