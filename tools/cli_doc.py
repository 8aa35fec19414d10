"""Writes docs/reference/cli.md from the commands themselves, not from how a terminal shows them.

python tools/cli_doc.py [--check]
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

import generated
from typer.core import TyperArgument
from typer.main import get_command

from isthmus.cli import exits
from isthmus.cli.app import app

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "reference" / "cli.md"
HEAD = """# Command line

Written by `python tools/cli_doc.py` from the commands.

Every command has `--help` (`-h` but for `tf`). `--debug`, wherever it stands, shows where an error came from;
`isthmus --version` prints the version. An error is one block on standard error: what was wrong, where, and what to do
([errors](errors.md)). `--json` prints facts for programs on standard output.

## Exit codes
"""


def render() -> str:
    """The page."""
    codes = [(str(code), meaning) for code, meaning in exits.MEANINGS.items()]
    root = get_command(app)
    listed = list(_commands(root, ("isthmus",)))
    rows = [(f"[`{' '.join(words)}`](#{'-'.join(words)})", _first(command)) for words, command in listed]
    parts = [HEAD, *_table(("code", "meaning"), codes), "## Commands\n", *_table(("command", "what it does"), rows)]
    for words, command in listed:
        parts += _command(words, command)
    return "\n".join(parts)


def _commands(command: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command that can be run, in the order of the help."""
    for name, found in command.commands.items():
        if getattr(found, "commands", None):
            yield from _commands(found, (*words, name))
        elif not found.hidden:
            yield (*words, name), found


def _first(command: Any) -> str:
    return " ".join(_paragraphs(command)[0].split())


def _paragraphs(command: Any) -> list[str]:
    return inspect.cleandoc(command.help or "").split("\n\n")


def _command(words: tuple[str, ...], command: Any) -> list[str]:
    parameters = [one for one in command.params if not getattr(one, "hidden", False) and one.name != "help"]
    arguments = [one for one in parameters if isinstance(one, TyperArgument)]
    usage = " ".join(
        [*words, *(["[OPTIONS]"] if len(parameters) > len(arguments) else []), *map(_placeholder, arguments)]
    )
    if command.context_settings.get("allow_extra_args"):
        usage += " [TERRAFORM'S OWN...]"
    parts = [f"## {' '.join(words)}\n", f"```\n{usage}\n```\n", *_told(command)]
    rows = [(_spelled(one), " ".join((one.help or "").split()), _default(one)) for one in parameters]
    return parts + (_table(("argument or option", "what it is", "default"), rows) if rows else [])


def _told(command: Any) -> Iterator[str]:
    """The help's paragraphs; what is set line by line, as examples are, as code."""
    for text in _paragraphs(command):
        lines = text.replace("\b", "").strip("\n").split("\n")
        if not text.startswith("\b"):
            yield " ".join(" ".join(lines).split()) + "\n"
            continue
        if lines[0].strip() == "Example:":
            lines = lines[1:]
        yield "```sh\n" + inspect.cleandoc("\n".join(lines)) + "\n```\n"


def _placeholder(argument: Any) -> str:
    shown = argument.metavar + ("..." if argument.nargs == -1 or argument.type_descriptor.is_list else "")
    return shown if argument.required else f"[{shown}]"


def _spelled(parameter: Any) -> str:
    if isinstance(parameter, TyperArgument):
        return f"`{parameter.metavar}`"
    value = "" if parameter.is_flag else f" {parameter.metavar}"
    names = ", ".join(f"`{name}{value}`" for name in (*parameter.opts, *parameter.secondary_opts))
    return (
        names
        + (", again for more" if parameter.multiple and "again" not in (parameter.help or "") else "")
        + _range(parameter)
    )


def _range(parameter: Any) -> str:
    asked = parameter.type_descriptor.parameter_info
    bounds = [f"{word} {bound:g}" for word, bound in (("from", asked.min), ("to", asked.max)) if bound is not None]
    return f" ({' '.join(bounds)})" if bounds else ""


def _default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    value = parameter.default
    if value is None or value == "" or value is False or callable(value):
        return ""
    return f"`{'on' if value is True else value}`"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    lines = [head, ("---",) * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |" for cells in lines] + [""]


def main(arguments: list[str]) -> int:
    """Writes the page, or checks it; returns the exit code."""
    return generated.write(DOCUMENT, render(), arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
