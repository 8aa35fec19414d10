"""The parts of a check: what is planned, what a tool said, and how a report reads."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from isthmus.change import judge, lint, plans, sources
from isthmus.change.check import CheckConfig, _policy_step
from isthmus.change.markdown import MARKER, markdown
from isthmus.change.plans import Target
from isthmus.change.report import Change, Problem, Report, Step
from isthmus.change.sarif import sarif
from isthmus.change.tools import TOOLS, Tool, lines
from isthmus.core.errors import ConfigurationError
from isthmus.rehearsal.outcome import Outcome

ROOT = Path(__file__).resolve().parents[3]


def test_the_same_plan_a_minute_later_has_the_same_digest() -> None:
    """Its time is no part of it; what it plans is."""
    one = json.dumps({"timestamp": "a", "resource_changes": [1]}).encode()
    later = json.dumps({"resource_changes": [1], "timestamp": "b"}).encode()
    other = json.dumps({"timestamp": "a", "resource_changes": [2]}).encode()
    assert plans.digest(one) == plans.digest(later) != plans.digest(other)


@pytest.mark.parametrize(
    ("tool", "said", "expected"),
    [
        ("ruff", "src/a.py:3:5: E501 Line too long", Problem("ruff: E501", "Line too long", file="src/a.py", line=3)),
        (
            "mypy",
            "src/a.py:7: error: Bad type  [arg-type]",
            Problem("mypy: arg-type", "Bad type", file="src/a.py", line=7),
        ),
        (
            "shellcheck",
            "tools/a.sh:2:1: warning: Quote it. [SC2086]",
            Problem("shellcheck: SC2086", "Quote it.", file="tools/a.sh", line=2),
        ),
        (
            "yamllint",
            "a.yaml:1:1: [error] too many spaces (braces)",
            Problem("yamllint: braces", "too many spaces", file="a.yaml", line=1),
        ),
    ],
)
def test_what_a_tool_says_has_its_file_and_line(tool: str, said: str, expected: Problem) -> None:
    """Each in its own format."""
    found = next(each for each in TOOLS if each.name == tool)
    assert list(found.read(said, 1)) == [expected]


def _script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_a_tool_that_fails_and_says_nothing_readable_is_a_failure(tmp_path: Path) -> None:
    """Nothing passes because its output could not be read."""
    script = _script(tmp_path / "linter", "echo 'it broke' >&2; exit 7")
    tool = Tool(
        "linter", "things", (str(script),), "get it", lines("linter", r"(?P<file>x):(?P<line>\d+)(?P<message>)")
    )
    run = lint._run(tool, tmp_path, print)
    assert [problem.message for problem in run.problems] == ["it ended with 7: it broke"]


@pytest.mark.parametrize(("strict", "level"), [(True, "error"), (False, "warning")])
def test_a_missing_tool_is_named_with_how_to_get_it(strict: bool, level: str) -> None:
    """In CI it is an error."""
    tool = Tool("linter", "things", ("no-such-linter",), "get it there", lambda text, code: iter(()))
    assert lint._run(tool, Path.cwd(), print).missing
    problem = lint._missing(tool, strict)
    assert (problem.level, problem.fix) == (level, "get it there")


def test_a_resource_of_a_module_is_found_in_its_file() -> None:
    """Instances and nesting are no hindrance; what isn't written here has no place."""
    plan = {"configuration": {"root_module": {"module_calls": {"keys": {"source": "../../../modules/aws/keys"}}}}}
    folder = ROOT / "terraform/stacks/platform/aws"
    found = sources.place(plan, folder, 'module.keys.aws_kms_key.domain["logs"]')
    assert found is not None
    file, line = found
    assert file.read_text().splitlines()[line - 1].startswith('resource "aws_kms_key" "domain"')
    assert sources.place(plan, folder, "module.keys.aws_kms_key.nothing") is None
    assert sources.place(plan, folder, "") is None


def _report() -> Report:
    problems = (
        Problem("policy: data.a|b", "a <b> @all", file="main.tf", line=3, fix="mend it"),
        Problem("yamllint", "is not installed", "warning"),
    )
    steps = (Step("lint", problems, "ruff", 1.0), Step("policy", (), "8 rules", 0.5), Step("cost", skipped="no prices"))
    return Report(steps, (Change("dev", "platform/aws", 3),), [("what", "was", "is"), ("a month", "1", "2")], "abc")


def test_a_comment_has_money_first_and_folds_the_rest() -> None:
    """Names of people in it call nobody, tables stay tables."""
    text = markdown(_report())
    assert text.startswith(MARKER)
    assert text.index("### Cost") < text.index("| step |") < text.index("<details>")
    assert "@all" not in text
    assert "<b>" not in text
    assert "does not pass" in text


def test_a_long_comment_counts_what_it_leaves_out() -> None:
    """GitHub refuses more than 65,536 characters."""
    many = tuple(Problem("rule", f"finding {i} " + "x" * 200) for i in range(1000))
    text = markdown(Report((Step("policy", many),)))
    assert len(text) < 65_536
    assert "more; `isthmus check` lists them all" in text


def test_sarif_has_each_finding_with_its_place() -> None:
    """Its rules are indexed as the format asks."""
    run = sarif(_report())["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("main.tf", 3)


def test_sarif_names_a_file_by_a_uri() -> None:
    """Spaces and other letters are no part of one."""
    found = sarif(Report((Step("lint", (Problem("links", "no such file", file="docs/a bé.md", line=2),)),)))
    place = found["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "docs/a%20b%C3%A9.md"


@pytest.mark.parametrize(("code", "said"), [(1, ""), (0, ""), (0, "Error: no")])
def test_a_plan_that_cannot_be_shown_is_an_error(
    code: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would otherwise be judged as a plan of nothing."""

    def show(stack: object, words: object, stdout: Any) -> int:
        stdout.write(said)
        return code

    monkeypatch.setattr(plans.runner, "execute", lambda *given, **named: Outcome(0))
    monkeypatch.setattr(plans.runner, "run_stack", show)
    (planned,) = plans.plan_all(ROOT, [Target("dev", "platform/aws")], {}, tmp_path)
    assert planned.document == b""
    assert [problem.level for problem in planned.problems] == ["error"]
    assert "the plan can't be shown" in planned.problems[0].message


def test_a_rule_that_cannot_be_read_stops_the_check(project: Path, tmp_path: Path) -> None:
    """With its file and line; what else would pass is not told."""
    rule = project / "policy" / "naming" / "short" / "short.rego"
    rule.write_text(rule.read_text() + "\nfail contains x if {\n")
    planned = plans.Planned(Target("dev", "platform/aws"), b"{}", (), 0.0)
    with pytest.raises(ConfigurationError, match="expecting expression") as caught:
        judge.judge(project, [planned])
    assert caught.value.where == f"{rule}:12"
    step = _policy_step(CheckConfig(project, tmp_path, {}), [planned], lambda text: None)
    assert step.status == "failed"
    assert step.problems[0].place == "policy/naming/short/short.rego:12"
