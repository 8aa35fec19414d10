"""What must hold of every workflow: pinned, with few rights, no secret that lasts, and names that the clouds trust."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .reading import FOLDER, ROOT, steps, workflows

SECRETS = {"secrets.INFRACOST_API_KEY": "a price list's, and only where the repository switches Infracost on"}
"""Secrets that a workflow may name, and why each is no key to anything that is deployed."""

WRITES = {
    ("deploy", "apply", "id-token"),
    ("deploy", "plan", "id-token"),
    ("merge", "dev", "id-token"),
    ("merge", "image", "id-token"),
    ("merge", "prod", "id-token"),
    ("merge", "staging", "id-token"),
    ("nightly", "drift", "id-token"),
    ("plan", "plan", "id-token"),
    ("pull-request", "check", "pull-requests"),
    ("pull-request", "dev", "id-token"),
    ("release", "build", "attestations"),
    ("release", "build", "id-token"),
    ("release", "publish", "id-token"),
    ("release", "release", "contents"),
}
"""The only rights to write, job by job. An id-token is the right to say who one is."""

JOBS = [(file, name, job) for file, body in workflows().items() for name, job in body["jobs"].items()]
USES = sorted({(each.file, each.body["uses"]) for each in steps() if "uses" in each.body})


@pytest.mark.parametrize(("file", "action"), USES)
def test_an_action_is_pinned_by_commit_with_its_version(file: str, action: str) -> None:
    """A tag can be moved; scanners' own actions were."""
    if action.startswith("./"):
        assert (ROOT / action / "action.yml").is_file()
        return
    assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", action), action
    texts = [path.read_text("utf-8") for path in FOLDER.rglob("*.yml")]
    told = {version for text in texts for version in re.findall(rf"{re.escape(action)}(.*)$", text, re.MULTILINE)}
    assert len(told) == 1, f"{action} is told to be {told}"
    assert re.fullmatch(r" # v\d+\.\d+\.\d+", told.pop())


def test_one_action_has_one_commit() -> None:
    """Two workflows never run two versions of an action."""
    outside = {action for _, action in USES if not action.startswith("./")}
    assert len({action.partition("@")[0] for action in outside}) == len(outside)


@pytest.mark.parametrize("file", workflows())
def test_nothing_is_allowed_but_what_a_job_asks_for(file: str) -> None:
    """The workflow allows nothing."""
    assert workflows()[file]["permissions"] == {}


def test_only_these_jobs_may_write() -> None:
    """And only this."""
    found = {
        (file, name, right)
        for file, name, job in JOBS
        for right, level in job["permissions"].items()
        if level == "write"
    }
    assert found == WRITES


@pytest.mark.parametrize(("file", "name", "job"), JOBS)
def test_a_job_says_its_rights_and_its_time(file: str, name: str, job: dict[str, Any]) -> None:
    """A job without a time-out holds its lock for six hours."""
    assert set(job["permissions"].values()) <= {"read", "write"}
    assert "uses" in job or job["timeout-minutes"] <= 60


def test_no_secret_lasts() -> None:
    """The clouds are entered by tokens of a job; a secret that a workflow names is listed with its reason."""
    found = set()
    for path in FOLDER.rglob("*.yml"):
        found |= set(re.findall(r"secrets\.\w+|secrets\[[^\]]*\]|secrets: inherit", path.read_text("utf-8")))
    assert found == set(SECRETS)


def test_nothing_of_an_event_is_written_into_a_script() -> None:
    """A title or a branch's name could be a command; what a script takes, it takes from its environment."""
    assert [step.key for step in steps() if "${{" in step.body.get("run", "")] == []


def test_a_checkout_leaves_no_token_behind() -> None:
    """In .git, where whatever runs later could read it."""
    for step in steps():
        if step.body.get("uses", "").startswith("actions/checkout@"):
            assert step.body["with"]["persist-credentials"] is False, step.key


def test_no_workflow_runs_a_forks_words_with_our_rights() -> None:
    """Neither by its trigger nor by what it waits for."""
    for file, body in workflows().items():
        events = body["on"] if isinstance(body["on"], dict) else {body["on"]: None}
        assert not set(events) & {"pull_request_target", "workflow_run", "issue_comment"}, file


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_a_deployment_holds_its_state_alone(environment: str) -> None:
    """From plan to apply, never cut off in the middle; a pull request's plan never takes its place."""
    job = workflows()["merge"]["jobs"][environment]
    assert job["concurrency"] == {"group": f"state-{environment}-${{{{ matrix.layer }}}}"}
    assert job["with"] == {"environment": environment, "layer": "${{ matrix.layer }}"}
    assert job["strategy"]["matrix"]["layer"] == ["foundation", "platform", "edge"]
    others = {str(each.get("concurrency", "")) for file, _, each in JOBS if file != "merge"}
    assert not any("state-" in group for group in others)


def test_every_workflow_that_is_started_says_how_many_of_it_run() -> None:
    """Itself, or each of its jobs that changes something."""
    for file, body in workflows().items():
        called = set(body["on"]) == {"workflow_call"} if isinstance(body["on"], dict) else False
        if not called and "concurrency" not in body:
            assert all("concurrency" in job for job in body["jobs"].values() if "uses" in job), file


def test_what_goes_out_goes_out_in_turn() -> None:
    """dev, staging, prod; each after the one before, the first after the check, layer after layer."""
    jobs = workflows()["merge"]["jobs"]
    turns = {"dev": "check", "staging": "dev", "prod": "staging"}
    for environment, before in turns.items():
        assert jobs[environment]["needs"] == before
        assert jobs[environment]["strategy"]["max-parallel"] == 1
        assert jobs[environment]["uses"] == "./.github/workflows/deploy.yml"


def test_the_environments_are_those_that_the_clouds_trust() -> None:
    """The apply identities let in a job of GitHub's environment of that name; there is a file for each."""
    known = {path.stem for path in (ROOT / "terraform/environments").glob("*.tfvars")}
    jobs = workflows()["merge"]["jobs"]
    assert {job["with"]["environment"] for job in jobs.values() if "with" in job} == known
    assert set(workflows()["nightly"]["jobs"]["drift"]["strategy"]["matrix"]["environment"]) == known
    apply = workflows()["deploy"]["jobs"]["apply"]
    assert apply["environment"] == "${{ inputs.environment }}"
    aws = (ROOT / "terraform/modules/aws/ci_trust/main.tf").read_text("utf-8")
    google = (ROOT / "terraform/modules/gcp/ci_trust/main.tf").read_text("utf-8")
    assert 'apply = ["environment:${var.environment}"]' in aws
    assert "'apply-' + assertion.environment" in google
    for path in (ROOT / "terraform/environments").glob("*.tfvars"):
        assert re.search(rf'^environment\s*= "{path.stem}"$', path.read_text("utf-8"), re.MULTILINE)


def test_only_what_applies_has_an_environment() -> None:
    """A plan in an environment would be the apply identity; what pushes an image may be; PyPI's is none of ours."""
    found = {(file, name): job["environment"] for file, name, job in JOBS if "environment" in job}
    assert found == {
        ("deploy", "apply"): "${{ inputs.environment }}",
        ("merge", "image"): "images",
        ("release", "publish"): "pypi",
    }


def test_whatever_plans_the_clouds_knows_the_image() -> None:
    """Otherwise the nightly drift would want another one than what was applied."""
    told = {
        f"{file}/{name}": job["env"]["TF_VAR_image"] for file, name, job in JOBS if "TF_VAR_image" in job.get("env", {})
    }
    assert told == {
        "plan/plan": "${{ vars[format('IMAGE_{0}', inputs.environment)] }}",
        "nightly/drift": "${{ vars[format('IMAGE_{0}', matrix.environment)] }}",
    }


def test_the_identities_are_those_of_the_page() -> None:
    """docs/ci.md says which variables to set; the workflows read no others."""
    texts = [path.read_text("utf-8") for path in FOLDER.rglob("*.yml")]
    read = {name for text in texts for name in re.findall(r"vars\.(\w+)", text)}
    read |= {f"{name}_{{0}}" for text in texts for name in re.findall(r"vars\[format\('(\w+)_\{0\}'", text)}
    names = {re.sub(r"_(DEV|STAGING|PROD|\{0\})$", "_ENV", name) for name in read}
    page = set(re.findall(r"`([A-Z][A-Z_]+)`", (ROOT / "docs/ci.md").read_text("utf-8")))
    assert names <= page
    assert {name for name in page if name.endswith("_ENV")} <= names


@pytest.mark.parametrize(
    ("tool", "words"),
    [
        ("actionlint", ["-oneline"]),
        ("zizmor", ["--offline", "--no-progress", "--quiet", "."]),
        ("yamllint", ["--strict", "--format=parsable", ".github"]),
        ("regal", ["lint", "--format=compact", "policy"]),
        ("tflint", ["--chdir=terraform", "--recursive", "--format=compact", f"--config={ROOT}/terraform/.tflint.hcl"]),
        ("shellcheck", [str(path.relative_to(ROOT)) for path in sorted((ROOT / "tools/ci").glob("*.sh"))]),
    ],
)
def test_a_linter_finds_nothing(tool: str, words: list[str]) -> None:
    """CI installs all of them (`isthmus check` there calls a missing one an error)."""
    beside = Path(sys.executable).with_name(tool)
    found = str(beside) if beside.is_file() else shutil.which(tool)
    if not found:
        pytest.skip(f"{tool} is not installed here; tools/ci/linters.sh installs it in CI")
    made = subprocess.run([found, *words], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert (made.returncode, made.stdout + made.stderr if made.returncode else "") == (0, "")


def test_what_linters_a_check_wants_ci_installs() -> None:
    """Those that no Python package brings."""
    from isthmus.change.tools import TOOLS

    script = (ROOT / "tools/ci/linters.sh").read_text("utf-8")
    packages = (ROOT / "requirements/dev.txt").read_text("utf-8")
    for tool in TOOLS:
        name = tool.name.partition(" ")[0]
        assert f"/{name}@v" in script or re.search(rf"^{name}(-py)?==", packages, re.MULTILINE), name
