"""One activity of a scenario, checked against the signature of the action or probe that it names."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from isthmus.core.errors import ConfigurationError
from isthmus.gamedays import actions, probes
from isthmus.gamedays.faults import Fault
from isthmus.gamedays.located import Located, Path_

_MODULES: Mapping[str, tuple[str, Any]] = {
    "isthmus.gamedays.actions": ("action", actions),
    "isthmus.gamedays.probes": ("probe", probes),
}
_KEYS = ("type", "name", "provider", "pauses", "tolerance")
_PROVIDER = ("type", "module", "func", "arguments")
_TYPES: Mapping[type, tuple[type, ...]] = {float: (int, float), int: (int,), str: (str,), bool: (bool,)}


@dataclass(frozen=True)
class Activity:
    """An action or a probe.

    Attributes:
        name: As people read it.
        function: What is called.
        arguments: With what, defaults included.
        fault: What it breaks; None where it breaks nothing.
        before_seconds: Pause before it.
        after_seconds: Pause after it.
        line: Where it stands.
    """

    name: str
    function: str
    arguments: Mapping[str, Any]
    fault: Fault | None
    before_seconds: float
    after_seconds: float
    line: str


def read_activity(document: Located, at: Path_, value: Any, *, steady: bool) -> Activity:
    """Reads an activity.

    Args:
        document: What it stands in.
        at: Where.
        value: What stands there.
        steady: Whether it is a probe of the steady state, which needs a tolerance.

    Raises:
        ConfigurationError: It can't be carried out; with the line, and what is allowed.
    """
    return _Reader(document, at).activity(value, steady)


class _Reader:
    def __init__(self, document: Located, at: Path_) -> None:
        self._document = document
        self._at = at

    def activity(self, value: Any, steady: bool) -> Activity:
        fields = self._map(self._at, value, _KEYS, ("type", "name", "provider"))
        if steady and "tolerance" not in fields:
            raise self._wrong("a probe of the steady state has no tolerance", fix="add, for example: tolerance: true")
        at = (*self._at, "provider")
        provider = self._map(at, fields["provider"], _PROVIDER, ("type", "module", "func"))
        if provider["type"] != "python":
            raise self._wrong(f"the provider is of the type “{provider['type']}”", (*at, "type"), "use: python")
        kind, function = self._function(provider, (*at, "module"), (*at, "func"))
        if fields["type"] != kind:
            raise self._wrong(
                f"“{fields['type']}” calls a function of {provider['module']}", (*self._at, "type"), f"use: {kind}"
            )
        if steady and kind != "probe":
            raise self._wrong("the steady state is asked by probes alone")
        arguments = self._arguments(function, provider.get("arguments", {}), (*at, "arguments"))
        return Activity(
            name=str(fields["name"]),
            function=function.__name__,
            arguments=arguments,
            fault=self._fault(function.__name__, arguments, at),
            before_seconds=self._pause(fields, "before"),
            after_seconds=self._pause(fields, "after"),
            line=f"{self._document.where}:{self._document.lines[self._at]}",
        )

    def _function(self, provider: dict[str, Any], at: Path_, func_at: Path_) -> tuple[str, Callable[..., Any]]:
        module = provider["module"]
        if module not in _MODULES:
            raise self._wrong(f"there is no module “{module}” for game days", at, f"use: {', '.join(_MODULES)}")
        kind, found = _MODULES[module]
        if provider["func"] not in found.NAMES:
            raise self._wrong(f"there is no {kind} “{provider['func']}”", func_at, f"use: {', '.join(found.NAMES)}")
        return kind, getattr(found, provider["func"])

    def _arguments(self, function: Callable[..., Any], value: Any, at: Path_) -> dict[str, Any]:
        signature = inspect.signature(function)
        hints = typing.get_type_hints(function)
        given = self._map(at, value, tuple(signature.parameters), ()) if value else {}
        for name, one in given.items():
            wanted = hints[name]
            if not isinstance(one, _TYPES[wanted]) or (isinstance(one, bool) and wanted is not bool):
                said = {float: "a number", int: "a whole number", str: "a text", bool: "true or false"}[wanted]
                raise self._wrong(f"{name} is {one!r}, not {said}", (*at, name))
            if isinstance(one, (int, float)) and one < 0 and name != "seconds":
                raise self._wrong(f"{name} is below 0", (*at, name))
        needed = [name for name, one in signature.parameters.items() if one.default is inspect.Parameter.empty]
        if missing := [name for name in needed if name not in given]:
            allowed = ", ".join(signature.parameters)
            raise self._wrong(f"{function.__name__} has no {', '.join(missing)}", at, f"its arguments: {allowed}")
        bound = signature.bind(**given)
        bound.apply_defaults()
        return dict(bound.arguments)

    def _fault(self, function: str, arguments: Mapping[str, Any], at: Path_) -> Fault | None:
        """The fault, made on trial: a part that isn't there is refused here."""
        if function not in actions.FAULTS:
            return None
        try:
            return actions.FAULTS[function](**arguments)
        except ConfigurationError as error:
            raise self._wrong(error.what, (*at, "arguments"), error.fix) from None

    def _pause(self, fields: dict[str, Any], which: str) -> float:
        at = (*self._at, "pauses")
        pauses = self._map(at, fields.get("pauses", {}), ("before", "after"), ())
        seconds = pauses.get(which, 0)
        if not isinstance(seconds, (int, float)) or isinstance(seconds, bool) or not 0 <= seconds <= 3600:
            raise self._wrong(f"the pause {which} is {seconds!r}", (*at, which), "use seconds from 0 to 3600")
        return float(seconds)

    def _map(self, at: Path_, value: Any, allowed: tuple[str, ...], needed: tuple[str, ...]) -> dict[str, Any]:
        return self._document.mapping(at, value, allowed, needed)

    def _wrong(self, what: str, at: Path_ = (), fix: str = "") -> ConfigurationError:
        return self._document.wrong(what, at or self._at, fix)
