"""Rules use only builtins that the engines agree on; another one is named with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from isthmus.core.errors import ConfigurationError
from isthmus.policy import builtins, bundle

POLICY = Path(__file__).resolve().parents[3] / "policy"
HEAD = "# METADATA\n# title: T\n# description: D\n# custom:\n#   severity: low\n#   remedy: R\n"


def written(root: Path, body: str) -> bundle.Bundle:
    """A bundle of one rule."""
    path = root / "trial" / "rule" / "rule.rego"
    path.parent.mkdir(parents=True)
    path.write_text(f"{HEAD}package isthmus.trial.rule\n\nimport rego.v1\n\n{body}\n")
    return bundle.load(root)


def test_our_rules_use_known_ones_only() -> None:
    """Each of them is compared with OPA."""
    builtins.check(bundle.load(POLICY))


@pytest.mark.parametrize("call", ['http.send({"url": "u"})', "rand.intn(`a`, 3)", "opa.runtime()", "upper(`a`)"])
def test_another_builtin_is_named_with_its_place(call: str, tmp_path: Path) -> None:
    """Whether one engine lacks it or nobody has compared it."""
    rules = written(tmp_path, f"fail contains x if {{\n\tx := {call}\n}}")
    with pytest.raises(ConfigurationError, match=f"builtin {call.split('(')[0]}") as caught:
        builtins.check(rules)
    assert caught.value.where == f"{tmp_path / 'trial' / 'rule' / 'rule.rego'}:12"


def test_own_functions_and_those_of_imports_are_no_builtins(tmp_path: Path) -> None:
    """They are looked at where they are defined."""
    (tmp_path / "lib.rego").write_text("package isthmus.lib.more\n\nimport rego.v1\n\nlast(x) := count(x)\n")
    rules = written(tmp_path, "import data.isthmus.lib.more as other\n\nown(x) := other.last(x)\n\nfail := {own([1])}")
    builtins.check(rules)
