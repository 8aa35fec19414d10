"""How every command looks in `--help`: placeholders for people, and whole sentences in the lists of commands."""

from __future__ import annotations

import inspect
from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperOption

_NUMBERS = {"int": "N", "float": "NUMBER"}


class Command(TyperCommand):
    """A command whose options are shown as `--limit N`, not as `--limit <int range>`."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        for parameter in self.params:
            if isinstance(parameter, TyperOption) and not parameter.is_flag:
                parameter.metavar = parameter.metavar or _placeholder(parameter)
            elif isinstance(parameter, TyperArgument):
                parameter.metavar = parameter.metavar or str(parameter.name).upper()

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first sentence, however long; the list wraps it."""
        first = inspect.cleandoc(self.help or "").split("\n\n")[0]
        return " ".join(first.split()).split(". ")[0].removesuffix(".") + "."


def use_everywhere(app: typer.Typer) -> None:
    """Makes all commands of an application, those of its groups too, look so."""
    for command in app.registered_commands:
        command.cls = Command
    for group in app.registered_groups:
        if group.typer_instance is not None:
            use_everywhere(group.typer_instance)


def _placeholder(option: TyperOption) -> str:
    kind = option.type_descriptor
    if kind.is_path:
        return "PATH"
    named = kind.annotation if not kind.is_list else str
    return _NUMBERS.get(getattr(named, "__name__", ""), max(option.opts, key=len).lstrip("-").upper())
