"""Evaluates an IAM trust policy against the claims of a token, as STS does for AssumeRoleWithWebIdentity.

Only what the policies here use: Allow statements, a federated principal, StringEquals. Anything else is refused loudly,
so that a policy that the evaluator doesn't know is never taken for a safe one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def allows(policy: Mapping[str, Any], provider: str, claims: Mapping[str, str]) -> bool:
    """Whether a token that `provider` (the ARN's end, the issuer without https://) vouches for may take the role."""
    return any(_statement(statement, provider, claims) for statement in _list(policy["Statement"]))


def _statement(statement: Mapping[str, Any], provider: str, claims: Mapping[str, str]) -> bool:
    assert statement["Effect"] == "Allow", "a Deny is not known here"
    assert _list(statement["Action"]) == ["sts:AssumeRoleWithWebIdentity"]
    if not any(arn.split("oidc-provider/")[-1] == provider for arn in _list(statement["Principal"]["Federated"])):
        return False
    return all(
        _condition(operator, key, _list(values), claims)
        for operator, conditions in statement["Condition"].items()
        for key, values in conditions.items()
    )


def _condition(operator: str, key: str, values: list[str], claims: Mapping[str, str]) -> bool:
    assert operator == "StringEquals", f"{operator} is not known here"
    claim = key.split(":", 1)[1]
    return claims.get(claim) in values  # a claim that is absent never equals


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
