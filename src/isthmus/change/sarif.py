"""A report as SARIF 2.1.0, which code scanning reads."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from isthmus import __version__
from isthmus.change.report import Problem, Report

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(report: Report) -> dict[str, Any]:
    """Returns one run with every rule that found something and every finding."""
    rules = sorted({problem.rule for problem in report.problems})
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "isthmus",
                        "version": __version__,
                        "rules": [{"id": rule, "shortDescription": {"text": rule}} for rule in rules],
                    }
                },
                "results": [_result(problem, rules) for problem in report.problems],
            }
        ],
    }


def _result(problem: Problem, rules: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "ruleId": problem.rule,
        "ruleIndex": rules.index(problem.rule),
        "level": problem.level,
        "message": {"text": f"{problem.message}. {problem.fix}".strip() if problem.fix else problem.message},
    }
    if problem.file:
        place: dict[str, Any] = {"artifactLocation": {"uri": quote(problem.file), "uriBaseId": "%SRCROOT%"}}
        if problem.line:
            place["region"] = {"startLine": problem.line}
        found["locations"] = [{"physicalLocation": place}]
    return found
