"""Who the CI roles on AWS let in: good and bad tokens against the planned trust policies, offline."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from trust_policy import allows

from isthmus.change import plans
from isthmus.change.plans import Target

ISSUER = "token.actions.githubusercontent.com"
OLD, NEW = "repo:example/isthmus", "repo:example@1000001/isthmus@2000001"


def token(**other: str) -> dict[str, str]:
    """The claims of a job of the repository's main branch without an environment, but for what is given."""
    claims = {"aud": "sts.amazonaws.com", "repository_id": "2000001", "repository_owner_id": "1000001"}
    return claims | {"sub": f"{NEW}:ref:refs/heads/main", "ref": "refs/heads/main"} | other


def deploying(**other: str) -> dict[str, str]:
    """The claims of a job in the environment dev."""
    return token(sub=f"{NEW}:environment:dev", environment="dev") | other


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory, terraform: Path) -> dict[str, Any]:
    """The trust policy of each role, as planned for dev."""
    target = Target("dev", "bootstrap/aws")
    (planned,) = plans.plan_all(terraform.parent, [target], {}, tmp_path_factory.mktemp("trust"))
    assert planned.problems == ()
    roles = [change for change in planned.plan["resource_changes"] if change["type"] == "aws_iam_role"]
    return {role["index"]: _policy(planned.plan, role) for role in roles}


def _policy(plan: dict[str, Any], role: dict[str, Any]) -> dict[str, Any]:
    """The role's policy, or what is known of its document while the provider's ARN is not."""
    text = role["change"]["after"].get("assume_role_policy")
    if text:
        found: dict[str, Any] = json.loads(text)
        return found
    name = f'{role["module_address"]}.data.aws_iam_policy_document.trust["{role["index"]}"]'
    document = next(change for change in plan["resource_changes"] if change["address"] == name)
    (statement,) = document["change"]["after"]["statement"]
    conditions: dict[str, dict[str, list[str]]] = {}
    for condition in statement["condition"]:
        conditions.setdefault(condition["test"], {})[condition["variable"]] = condition["values"]
    return {
        "Statement": {
            "Effect": statement["effect"] or "Allow",
            "Action": statement["actions"],
            "Principal": {"Federated": f"oidc-provider/{ISSUER}"},
            "Condition": conditions,
        }
    }


@pytest.mark.parametrize(
    ("role", "claims"),
    [
        ("plan", token()),
        ("plan", token(sub=f"{OLD}:ref:refs/heads/main")),
        ("plan", token(sub=f"{NEW}:pull_request", ref="refs/pull/7/merge")),
        ("plan", token(sub=f"{OLD}:pull_request", ref="refs/pull/7/merge")),
        ("apply", deploying()),
        ("apply", deploying(sub=f"{OLD}:environment:dev")),
    ],
    ids=["branch", "branch, older", "pull request", "pull request, older", "environment", "environment, older"],
)
def test_the_repositorys_own_jobs_get_in(trust: dict[str, Any], role: str, claims: dict[str, str]) -> None:
    """In both formats of the subject."""
    assert allows(trust[role], ISSUER, claims)


BAD = {
    "another repository": token(sub="repo:example@1000001/other@2000002:ref:refs/heads/main", repository_id="2000002"),
    "a repository that took the name": token(sub=f"{OLD}:ref:refs/heads/main", repository_id="9"),
    "a renamed owner": token(sub="repo:renamed@1000001/isthmus@2000001:ref:refs/heads/main"),
    "a fork": token(sub="repo:fork@7/isthmus@8:pull_request", repository_id="8", repository_owner_id="7"),
    "another branch": token(sub=f"{NEW}:ref:refs/heads/feature", ref="refs/heads/feature"),
    "a tag of the branch's name": token(sub=f"{NEW}:ref:refs/tags/main", ref="refs/tags/main"),
    "another audience": token(aud="https://github.com/example"),
    "no repository id": {name: value for name, value in token().items() if name != "repository_id"},
    "a name that begins alike": token(sub=f"{OLD}-evil:ref:refs/heads/main"),
}


@pytest.mark.parametrize("claims", BAD.values(), ids=BAD.keys())
@pytest.mark.parametrize("role", ["apply", "plan"])
def test_everybody_else_stays_out(trust: dict[str, Any], role: str, claims: dict[str, str]) -> None:
    """Of both roles."""
    assert not allows(trust[role], ISSUER, claims)


@pytest.mark.parametrize(
    "claims",
    [
        token(),
        token(sub=f"{NEW}:pull_request"),
        deploying(sub=f"{NEW}:environment:prod"),
        deploying(ref="refs/heads/feature"),
    ],
    ids=["no environment", "a pull request", "another environment", "the environment from another branch"],
)
def test_only_the_environment_on_its_branch_applies(trust: dict[str, Any], claims: dict[str, str]) -> None:
    """What plans may not apply."""
    assert not allows(trust["apply"], ISSUER, claims)


def test_another_issuer_stays_out(trust: dict[str, Any]) -> None:
    """Whatever it claims."""
    assert not allows(trust["plan"], "token.actions.example.com", token())
