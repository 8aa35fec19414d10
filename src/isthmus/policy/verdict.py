"""What the rules say of a plan: pass, fail or unknown, for each rule and each resource that it looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["pass", "fail", "unknown"]


@dataclass(frozen=True, order=True)
class Finding:
    """What a rule holds against a resource, or can't know of it before the apply.

    Attributes:
        rule: Domain and name, as in `encryption.s3_customer_key`.
        address: Terraform address of the resource; empty when it is about the whole plan.
        message: What is wrong, to be read after the address.
        verdict: `fail` or `unknown`.
        waived: Whether a waiver that still holds takes it out.
        where: File and line of the resource's block, where the source was given.
    """

    rule: str
    address: str
    message: str
    verdict: Verdict
    waived: bool = False
    where: str = ""


@dataclass(frozen=True)
class Judgement:
    """The verdict of all rules on one document.

    Attributes:
        findings: Failures and unknowns, sorted.
        checked: Addresses that each rule looked at.
    """

    findings: tuple[Finding, ...]
    checked: Mapping[str, tuple[str, ...]]

    @property
    def verdict(self) -> Verdict:
        """The worst that is not waived: fail, then unknown, then pass."""
        left = {finding.verdict for finding in self.findings if not finding.waived}
        return "fail" if "fail" in left else "unknown" if "unknown" in left else "pass"

    def of(self, verdict: Verdict) -> tuple[Finding, ...]:
        """The findings of a verdict that no waiver takes out."""
        return tuple(finding for finding in self.findings if finding.verdict == verdict and not finding.waived)

    def passed(self, rule: str) -> int:
        """How many resources a rule looked at and had nothing against."""
        against = {finding.address for finding in self.findings if finding.rule == rule}
        return len(set(self.checked.get(rule, ())) - against)
