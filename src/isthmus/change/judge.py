"""The policy step: every rule over every plan, each finding with the place of the resource's block."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from isthmus.change import sources
from isthmus.change.plans import Planned
from isthmus.change.report import Problem, Step
from isthmus.policy import builtins, bundle, engine, waivers
from isthmus.policy.bundle import Bundle
from isthmus.policy.verdict import Finding

POLICY = "policy"
WAIVERS = "policy/waivers.yaml"


def judge(root: Path, planned: Sequence[Planned]) -> Step:
    """Judges all plans; what is unknown before the apply is a warning, and judged again after it."""
    began = time.monotonic()
    rules = bundle.load(root / POLICY)
    builtins.check(rules)
    accepted = waivers.load(root / WAIVERS, rules.ids)
    problems: list[Problem] = []
    looked = unknown = 0
    for one in planned:
        if one.document:
            judgement = engine.judge(rules, one.document, accepted)
            looked += sum(len(addresses) for addresses in judgement.checked.values())
            unknown += len(judgement.of("unknown"))
            found = (*judgement.of("fail"), *judgement.of("unknown"))
            problems += [_problem(root, one, finding, rules) for finding in found]
    facts = f"{len(rules.rules)} rules, {looked} verdicts, {unknown} unknown, {len(accepted.items)} waivers"
    return Step("policy", tuple(sorted(set(problems))), facts, time.monotonic() - began)


def _problem(root: Path, planned: Planned, finding: Finding, rules: Bundle) -> Problem:
    if finding.where:  # a waiver that has ended is one problem, however many plans there are
        return Problem(f"policy: {finding.rule}", finding.message, file=WAIVERS)
    folder = root / "terraform" / "stacks" / planned.target.stack
    place = sources.place(planned.plan, folder, finding.address)
    file, line = (str(place[0].relative_to(root)), place[1]) if place else ("", 0)
    rule = next((rule for rule in rules.rules if rule.id == finding.rule), None)
    return Problem(
        f"policy: {finding.rule}",
        f"{finding.address} {finding.message}",
        "error" if finding.verdict == "fail" else "warning",
        file,
        line,
        str(planned.target),
        rule.remedy if rule else "",
    )
