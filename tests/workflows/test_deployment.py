"""Plan, approval, apply and drift as the workflows run them, with programs in the place of aws, gh and terraform.

Terraform's player shows plans that the rehearsal made, so that policies judge real ones.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from isthmus.change import plans
from isthmus.change.plans import Target
from isthmus.local.stacks import build_variables

from .conftest import Clone
from .reading import ROOT, steps

RUN = {step.key: step for step in steps() if "run" in step.body}
STACKS = ("foundation/aws", "foundation/gcp")
TERRAFORM = """#!{python} -I
import json, os, pathlib, sys
words, data = sys.argv[1:], pathlib.Path(os.environ["PLAYER"])
stack = "-".join(pathlib.Path.cwd().parts[-2:])
with (data / "calls").open("a") as file:
    file.write(json.dumps([stack, *words]) + "\\n")
if words[0] == "plan":
    target = next(word for word in words if word.startswith("-out="))[5:]
    pathlib.Path(target).write_text("the plan of " + stack)
elif words[:2] == ["show", "-json"]:
    if len(words) == 2:
        print((data / "state.json").read_text())
    else:
        assert pathlib.Path(words[2]).read_text() == "the plan of " + stack
        print((data / (stack + ".json")).read_text())
elif words[:2] == ["state", "pull"]:
    print((data / "pulled.json").read_text())
"""
AWS = """#!/bin/sh
printf '%s\\n' "$*" >> "$PLAYER/aws"
case "$1 $2" in
  "kms generate-data-key") printf '{"Plaintext": "%s", "CiphertextBlob": "d3JhcHBlZA=="}' "$KEY" ;;
  "kms decrypt") [ "$(cat "${4#fileb://}")" = wrapped ] && echo "$KEY" ;;
  *) exit 9 ;;
esac
"""
GH = """#!/bin/sh
printf '%s\\n' "$*" >> "$PLAYER/gh"
[ "$1" = api ] && echo reviewer
exit 0
"""
KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


class Runner:
    """A job's machine: a fresh clone and the programs that play the clouds.

    Args:
        scratch: The clone.
        player: Where the programs find what to say, and write what they were asked.
    """

    def __init__(self, scratch: Clone, player: Path) -> None:
        self.scratch, self.player = scratch, player
        scratch.program("terraform", TERRAFORM.format(python=sys.executable))
        scratch.program("aws", AWS)
        scratch.program("gh", GH)

    def step(self, key: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Runs a step of a workflow."""
        given = {"ENVIRONMENT": "dev", "ISTHMUS_STAGE": "clouds", "KEY": KEY, "PLAYER": str(self.player)}
        return self.scratch.run(RUN[key].body["run"], **given, **settings)

    def asked(self, program: str) -> list[str]:
        """What a program was asked."""
        file = self.player / program
        return file.read_text().splitlines() if file.exists() else []


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Plans of dev's foundation, by rehearsal."""
    targets = [Target("dev", stack) for stack in STACKS]
    made = plans.plan_all(ROOT, targets, build_variables(), tmp_path_factory.mktemp("plans"))
    return {one.target.stack: json.loads(one.document) for one in made}


@pytest.fixture(scope="module")
def fresh(clone: Callable[[], Clone], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone in which nothing but git has written."""
    root = tmp_path_factory.mktemp("fresh") / "isthmus"
    subprocess.run(["git", "clone", "-q", str(clone().root), str(root)], check=True)
    shutil.copytree(clone().root / ".venv", root / ".venv")
    return root


@pytest.fixture(scope="module")
def machine(clone: Callable[[], Clone], fresh: Path, documents: dict[str, dict[str, Any]]) -> Callable[[Path], Runner]:
    """Makes machines before clouds whose answers are in a folder."""

    def made(player: Path) -> Runner:
        if not (player / "state.json").exists():
            for stack, document in documents.items():
                (player / f"{stack.replace('/', '-')}.json").write_text(json.dumps(document))
            (player / "pulled.json").write_text('{"lineage": "l", "serial": 7}')
            (player / "state.json").write_text('{"format_version": "1.0", "terraform_version": "1.15.5"}')
        scratch = clone()
        return Runner(Clone(fresh, scratch.temp, scratch.programs), player)

    return made


@pytest.fixture
def runner(machine: Callable[[Path], Runner], tmp_path: Path) -> Callable[[], Runner]:
    """Makes machines of the same workflow run: the clouds are the same, nothing else is."""
    return lambda: machine(tmp_path)


@pytest.fixture(scope="module")
def sealed(machine: Callable[[Path], Runner], tmp_path_factory: pytest.TempPathFactory) -> tuple[Runner, str]:
    """A machine on which the plan job ran, and its output."""
    one = machine(tmp_path_factory.mktemp("player"))
    return one, planned(one)


def planned(one: Runner) -> str:
    """Runs the plan job's steps; returns its output."""
    made = one.step("plan/plan/Plan", LAYER="foundation")
    assert made.returncode == 0, made.stdout + made.stderr
    assert one.step("plan/plan/Digests").returncode == 0
    (found,) = re.findall(r"^digests=(.*)$", (one.scratch.temp / "github_output").read_text(), re.MULTILINE)
    return str(found)


def carried(one: Runner, other: Runner) -> None:
    """What the artifact takes from the plan job to the apply job, and nothing else."""
    target = other.scratch.temp / "sealed"
    target.mkdir()
    for path in [*(one.scratch.temp / "sealed").glob("*.change"), one.scratch.temp / "sealed" / "key"]:
        shutil.copy2(path, target / path.name)


def test_exactly_the_plan_is_applied_after_the_approval(
    runner: Callable[[], Runner], sealed: tuple[Runner, str]
) -> None:
    """On another machine of the same run, in the order of the plan, in the reviewer's name."""
    (first, digests), second = sealed, runner()
    assert len(digests.split()) == 2
    assert "foundation/aws**: +" in (first.scratch.temp / "github_step_summary").read_text()
    carried(first, second)
    made = second.step("deploy/apply/Apply", DIGESTS=digests)
    assert made.returncode == 0, made.stdout + made.stderr
    applied = [json.loads(line)[0] for line in second.asked("calls") if json.loads(line)[1] == "apply"]
    assert applied == ["foundation-aws", "foundation-gcp"]
    assert "approved by reviewer" in made.stdout


def test_what_leaves_the_plan_job_is_sealed(runner: Callable[[], Runner]) -> None:
    """Neither a plan nor the key is in the artifact; the key is masked in the log."""
    one, other = runner(), runner()
    made = one.step("plan/plan/Plan", LAYER="foundation")
    assert f"::add-mask::{KEY}" in made.stdout
    assert (made.stdout + made.stderr).count(KEY) == 1
    carried(one, other)
    left = b"".join(path.read_bytes() for path in (other.scratch.temp / "sealed").iterdir())
    assert b"the plan of" not in left
    assert KEY.encode() not in left
    assert any("generate-data-key --key-id alias/isthmus-dev-state" in line for line in one.asked("aws"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("run", "place"),
        ("state", "serial"),
        ("bytes", "sealed|changed|key"),
        ("plan", "this is not what was approved"),
    ],
)
def test_anything_else_is_refused(
    change: str, said: str, runner: Callable[[], Runner], sealed: tuple[Runner, str]
) -> None:
    """A plan of another run, a state that moved, a file that was touched, a plan that says something else."""
    (first, digests), second, settings = sealed, runner(), {}
    carried(first, second)
    if change == "run":
        settings = {"GITHUB_RUN_ID": "2"}
    elif change == "state":
        (second.player / "pulled.json").write_text('{"lineage": "l", "serial": 8}')
    elif change == "bytes":
        file = second.scratch.temp / "sealed" / f"{digests.split()[0]}.change"
        content = bytearray(file.read_bytes())
        content[-1] ^= 1
        file.write_bytes(content)
    else:
        shutil.copy2(second.player / "foundation-gcp.json", second.player / "foundation-aws.json")
    made = second.step("deploy/apply/Apply", DIGESTS=digests, **settings)
    assert made.returncode != 0
    assert re.search(said, made.stdout + made.stderr), made.stdout + made.stderr
    applied = [json.loads(line)[0] for line in second.asked("calls") if json.loads(line)[1] == "apply"]
    assert applied == []


def test_where_nothing_is_to_do_nobody_is_asked(runner: Callable[[], Runner]) -> None:
    """No digest, so the job that waits for the reviewers is skipped."""
    one = runner()
    for stack in STACKS:
        file = one.player / f"{stack.replace('/', '-')}.json"
        document = json.loads(file.read_text())
        for change in document["resource_changes"]:
            change["change"] |= {"actions": ["no-op"], "before": {}, "after": {}, "after_unknown": {}}
        file.write_text(json.dumps({**document, "output_changes": {}}))
    assert planned(one) == ""


def test_a_cloud_that_does_not_answer_fails_the_plan(runner: Callable[[], Runner]) -> None:
    """And says so in the summary."""
    one = runner()
    one.scratch.program("terraform", "#!/bin/sh\necho 'no credentials' >&2\nexit 1\n")
    made = one.step("plan/plan/Plan", LAYER="foundation")
    assert made.returncode == 1
    assert "no credentials" in (one.scratch.temp / "github_step_summary").read_text()


def test_drift_ends_the_night_with_2_and_is_told(runner: Callable[[], Runner]) -> None:
    """Its report is what `isthmus alert` reads; the topic is CI's only address."""
    one = runner()
    document = json.loads((one.player / "foundation-aws.json").read_text())
    for layer in ("platform", "edge"):
        for cloud in ("aws", "gcp"):
            (one.player / f"{layer}-{cloud}.json").write_text(json.dumps({**document, "resource_changes": []}))
    made = one.step("nightly/drift/Drift")
    assert made.returncode == 2, made.stdout + made.stderr
    report = json.loads((one.scratch.temp / "drift.json").read_text())
    assert [each["target"]["stack"] for each in report["stacks"] if each["differences"]] == list(STACKS)
    told = one.scratch.run('isthmus alert "$RUNNER_TEMP/drift.json"')
    assert re.search(r"dev: \d+ things are not as the Terraform says", told.stdout), told.stdout + told.stderr
    step = one.step("nightly/drift/Tell", TOPIC="")
    assert step.returncode == 0, step.stdout + step.stderr
    assert one.step("nightly/drift/Tell", TOPIC="no-topic").returncode == 1


def test_the_comment_is_one_and_written_again(runner: Callable[[], Runner]) -> None:
    """By gh, with the file that the check wrote."""
    one = runner()
    assert one.step("pull-request/check/Comment", NUMBER="7", GH_TOKEN="t").returncode == 0
    assert one.asked("gh") == ["pr comment 7 --edit-last --create-if-none --body-file comment.md"]


def test_infracost_takes_the_usage_file_that_our_estimate_takes(runner: Callable[[], Runner]) -> None:
    """Of every stack, with the environment's variables."""
    one = runner()
    one.scratch.program("infracost", '#!/bin/sh\nprintf "%s\\n" "$*" >> "$PLAYER/infracost"\necho "OVERALL TOTAL"\n')
    made = one.step("pull-request/infracost/Estimate")
    assert made.returncode == 0, made.stdout + made.stderr
    costs = yaml.safe_load((ROOT / "terraform/environments/costs.yml").read_text())["environments"]["dev"]
    asked = one.asked("infracost")
    assert len(asked) == 6
    assert all(f"--usage-file {costs['usage']} " in line and "environments/dev.tfvars" in line for line in asked)
    assert (ROOT / costs["usage"]).is_file()
    assert (one.scratch.temp / "github_step_summary").read_text().count("OVERALL TOTAL") == 6


def test_a_release_has_all_that_was_built(runner: Callable[[], Runner]) -> None:
    """Of a tag that is there."""
    one = runner()
    folder = one.scratch.root / "dist"
    folder.mkdir(exist_ok=True)
    for name in ("a.whl", "sbom.cdx.json"):
        (folder / name).touch()
    made = one.step("release/release/Release", GH_TOKEN="t")
    shutil.rmtree(folder)
    assert made.returncode == 0
    (asked,) = one.asked("gh")
    assert asked.startswith("release create v0.0.0 dist/a.whl dist/sbom.cdx.json")
    assert "--verify-tag" in asked


DOCKER = """#!/bin/sh
printf '%s\\n' "$*" >> "$PLAYER"
case "$1" in
  login) cat >> "$PLAYER" ;;
  buildx) [ "$2" = imagetools ] && { printf '%s' "$THERE"; [ -n "$THERE" ]; exit; } ;;
esac
case "$1" in
  buildx) for word; do [ "$before" = --metadata-file ] && printf '%s' "$METADATA" > "$word"; before=$word; done ;;
esac
"""
DIGEST = "sha256:" + "ab" * 32
IMAGES = "us-central1-docker.pkg.dev/isthmus-dev/isthmus"


def _image(
    clone: Clone, images: str = IMAGES, digest: str = DIGEST, there: str = ""
) -> subprocess.CompletedProcess[str]:
    clone.program("docker", DOCKER)
    metadata = json.dumps({"containerimage.digest": digest})
    player = str(clone.temp / "docker")
    return clone.run(
        RUN["merge/image/Image"].body["run"],
        IMAGES=images,
        TOKEN="t0ken",
        METADATA=metadata,
        PLAYER=player,
        THERE=there,
    )


def test_the_image_is_pushed_and_named_by_its_digest(clone: Callable[[], Clone]) -> None:
    """The token is on no command line; the name is one that Terraform takes."""
    here = clone()
    made = _image(here)
    assert made.returncode == 0, made.stderr
    login, token, _, build = (here.temp / "docker").read_text().splitlines()
    assert login == "login --username oauth2accesstoken --password-stdin https://us-central1-docker.pkg.dev"
    assert token == "t0ken"
    assert f"--tag {IMAGES}/functions:{'0' * 40} " in build
    assert "--push" in build
    summary = (here.temp / "github_step_summary").read_text()
    assert f"`{IMAGES}/functions@{DIGEST}`" in summary
    wanted = re.search(
        r'regex\("(.*)", var.image\)', (ROOT / "terraform/modules/gcp/function/variables.tf").read_text()
    )
    assert wanted
    assert re.fullmatch(wanted[1].replace("\\\\", "\\"), f"{IMAGES}/functions@{DIGEST}")


def test_an_image_that_is_there_is_named_and_not_pushed_again(clone: Callable[[], Clone]) -> None:
    """Its tag can't be moved, and a job may be run again."""
    here = clone()
    assert _image(here, there=DIGEST).returncode == 0
    assert "--push" not in (here.temp / "docker").read_text()
    assert f"is there: `{IMAGES}/functions@{DIGEST}`" in (here.temp / "github_step_summary").read_text()


@pytest.mark.parametrize(
    ("images", "digest"),
    [("--output=x", DIGEST), ("", DIGEST), ("docker.io/a/b", DIGEST), (IMAGES, ""), (IMAGES, "sha256:1")],
)
def test_an_image_that_has_no_name_is_an_error(clone: Callable[[], Clone], images: str, digest: str) -> None:
    """Another registry gets no token; and without a digest nothing is told."""
    here = clone()
    assert _image(here, images, digest).returncode != 0
    assert not (here.temp / "github_step_summary").exists()
    assert (here.temp / "docker").exists() == (images == IMAGES)
