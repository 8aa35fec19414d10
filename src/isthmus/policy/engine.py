"""Evaluating the rules in this process, with regorus. `opa` and `conftest` read the same files and say the same."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import regorus

from isthmus.core.errors import ConfigurationError, IsthmusError
from isthmus.policy.bundle import Bundle
from isthmus.policy.verdict import Finding, Judgement
from isthmus.policy.waivers import Waivers

MAX_DOCUMENT_BYTES = 512 * 1024 * 1024
"""A plan of 5,000 resources has about 30 MB; a larger document than this is no plan."""


_PLACE = re.compile(r"^\s*--> .*?:(\d+):\d+$", re.MULTILINE)
_REASON = re.compile(r"^error: (.*)", re.MULTILINE)


class Unreadable(IsthmusError):
    """A document that is no plan or state of a version that is known; it is never a pass."""


def judge(
    bundle: Bundle, document: bytes, waivers: Waivers | None = None, variables: Mapping[str, Any] | None = None
) -> Judgement:
    """Judges a plan or a state, as `terraform show -json` writes it, by all rules.

    Args:
        bundle: The rules.
        document: The plan or state.
        waivers: What is accepted.
        variables: The environment's, for a state, which has none: `cost_profile`, `environment`, `prefix`.

    Raises:
        ConfigurationError: When a rule doesn't compile or fails.
        Unreadable: When the document is neither, is cut off, or of another version.
    """
    _check(document)
    engine = _loaded(bundle)
    if waivers:
        engine.add_data({"waivers": [json.loads(_plain(waiver)) for waiver in waivers.items]})
    if variables:
        engine.add_data({"variables": dict(variables)})
    engine.set_input_json(document.decode("utf-8"))
    judged = _evaluated(engine, "data.main.judgement")
    findings = tuple(sorted(Finding(**finding) for finding in judged["findings"]))
    expired = waivers.expired() if waivers else ()
    checked = {rule: tuple(sorted(addresses)) for rule, addresses in judged["checked"].items()}
    return Judgement(tuple(sorted((*findings, *expired))), checked)


def test(bundle: Bundle) -> dict[str, bool]:
    """Runs the rules' own tests, every `test_…` in a package that ends in `_test`; true for each that holds."""
    engine = _loaded(bundle, tests=True)
    engine.set_input_json("{}")
    results: dict[str, bool] = {}
    for name, value in _named_tests(bundle):
        results[name] = _evaluated(engine, value, absent=False) is True
    return results


def value(bundle: Bundle, query: str, document: bytes = b"{}") -> Any:
    """What a rule or a test's fixture says of a document; None where it is undefined.

    Raises:
        ConfigurationError: When the rules don't compile, or the query fails.
    """
    engine = _loaded(bundle, tests=True)
    engine.set_input_json(document.decode("utf-8"))
    return _evaluated(engine, query)


def syntax(bundle: Bundle) -> list[dict[str, Any]]:
    """Every module, tests too, as the engine parses it: `source.file` and `ast`.

    Raises:
        ConfigurationError: When one doesn't compile.
    """
    modules: list[dict[str, Any]] = json.loads(_loaded(bundle, tests=True).get_ast_as_json())
    return modules


def _named_tests(bundle: Bundle) -> list[tuple[str, str]]:
    found = []
    for path in bundle.modules(tests=True):
        if path.stem.endswith("_test"):
            lines = path.read_text("utf-8").splitlines()
            package = next(line.split()[1] for line in lines if line.startswith("package "))
            names = [line.split()[0] for line in lines if line.startswith("test_")]
            found += [(f"{package}.{name}", f"data.{package}.{name}") for name in names]
    return found


def _loaded(bundle: Bundle, *, tests: bool = False) -> Any:
    engine = regorus.Engine()
    for path in bundle.modules(tests=tests):
        try:
            engine.add_policy(str(path), path.read_text("utf-8"))
        except RuntimeError as error:
            del engine  # an error keeps what its frames hold, and an engine must be let go by the thread that made it
            raise _uncompiled(path, _said(error)) from None
    return engine


def _uncompiled(path: Path, said: str) -> ConfigurationError:
    """The engine's words, its drawing of the line left out, and the line."""
    place, reason = _PLACE.search(said), _REASON.search(said)
    what = reason[1].removesuffix(f" at {path}") if reason else said
    where = f"{path}:{place[1]}" if place else str(path)
    return ConfigurationError(f"the rule doesn't compile: {what}", where=where, fix="mend it; `opa check policy` helps")


def _evaluated(engine: Any, query: str, *, absent: Any = None) -> Any:
    try:
        answer = json.loads(engine.eval_query_as_json(query))
    except RuntimeError as error:
        raise ConfigurationError(f"the rules can't be evaluated: {_said(error)}", where=query) from None
    results = answer.get("result") or []
    return results[0]["expressions"][0]["value"] if results else absent


def _check(document: bytes) -> None:
    if len(document) > MAX_DOCUMENT_BYTES:
        raise Unreadable(f"the plan has more than {MAX_DOCUMENT_BYTES // 1024**2} MiB")
    try:
        facts = json.loads(document)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"the plan is no JSON: {error}", fix="write it with `terraform show -json PLAN`") from None
    version = str(facts.get("format_version", "")) if isinstance(facts, dict) else ""
    if not version.startswith("1."):
        raise Unreadable(
            f"the plan has format version {version or 'none'}; 1.x is read", fix="write it with `terraform show -json`"
        )
    if facts.get("errored"):
        raise Unreadable("the plan is not whole: Terraform met errors", fix="plan again and look at what it says")
    if not _is_plan(facts) and not _is_state(facts):
        raise Unreadable("the document is neither a plan nor a state", fix="write it with `terraform show -json`")


def _is_plan(facts: dict[str, Any]) -> bool:
    """Terraform leaves out the changes of a plan that has none, and then there are no planned resources either."""
    changes, planned = facts.get("resource_changes"), facts.get("planned_values")
    if not isinstance(facts.get("configuration"), dict) or not isinstance(planned, dict):
        return False
    if isinstance(changes, list):
        return all(_is_change(each) for each in changes)
    return changes is None and not planned.get("root_module")


def _is_change(found: Any) -> bool:
    """A change that no rule could recognise would pass all of them."""
    return (
        isinstance(found, dict)
        and isinstance(found.get("address"), str)
        and isinstance(found.get("change"), dict)
        and isinstance(found["change"].get("actions"), list)
    )


def _is_state(facts: dict[str, Any]) -> bool:
    return "planned_values" not in facts and "terraform_version" in facts and "resource_changes" not in facts


def _plain(waiver: Any) -> bytes:
    import msgspec

    return msgspec.json.encode(waiver)


def _said(error: RuntimeError) -> str:
    return str(error).split("Stack backtrace")[0].strip()
