"""The policy step: every rule over every plan, each finding with the place of the resource's block."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from isthmus.change import sources
from isthmus.change.plans import Planned, Target
from isthmus.change.report import Problem, Step
from isthmus.policy import builtins, bundle, engine, waivers
from isthmus.policy.bundle import Bundle
from isthmus.policy.verdict import Finding, Judgement
from isthmus.policy.waivers import Waivers

POLICY = "policy"
WAIVERS = "policy/waivers.yaml"


def judge(root: Path, planned: Sequence[Planned]) -> Step:
    """Judges all plans; what is unknown before the apply is a warning, and judged again after it."""
    began = time.monotonic()
    rules, accepted = rules_of(root)
    found: list[Problem] = []
    looked = unknown = 0
    for one in planned:
        if one.document:
            judgement = engine.judge(rules, one.document, accepted)
            looked += sum(len(addresses) for addresses in judgement.checked.values())
            unknown += len(judgement.of("unknown"))
            found += problems(root, one.target, one.document, judgement, rules)
    facts = f"{len(rules.rules)} rules, {looked} verdicts, {unknown} unknown, {len(accepted.items)} waivers"
    return Step("policy", tuple(sorted(set(found))), facts, time.monotonic() - began)


def rules_of(root: Path) -> tuple[Bundle, Waivers]:
    """The project's rules, with builtins that all engines agree on, and its waivers.

    Raises:
        ConfigurationError: One can't be read.
    """
    rules = bundle.load(root / POLICY)
    builtins.check(rules)
    return rules, waivers.load(root / WAIVERS, rules.ids)


def problems(root: Path, target: Target, document: bytes, judgement: Judgement, rules: Bundle) -> Iterator[Problem]:
    """Each failure and each unknown of a plan or a state, with the place of the resource's block."""
    plan = json.loads(document)
    for finding in (*judgement.of("fail"), *judgement.of("unknown")):
        yield _problem(root, target, plan, finding, rules)


def _problem(root: Path, target: Target, plan: Mapping[str, Any], finding: Finding, rules: Bundle) -> Problem:
    if finding.where:  # a waiver that has ended is one problem, however many plans there are
        return Problem(f"policy: {finding.rule}", finding.message, file=WAIVERS)
    place = sources.place(plan, root / "terraform" / "stacks" / target.stack, finding.address)
    file, line = (str(place[0].relative_to(root)), place[1]) if place else ("", 0)
    rule = next((rule for rule in rules.rules if rule.id == finding.rule), None)
    return Problem(
        f"policy: {finding.rule}",
        f"{finding.address} {finding.message}",
        "error" if finding.verdict == "fail" else "warning",
        file,
        line,
        str(target),
        rule.remedy if rule else "",
    )
