"""The real clouds as a stage, with a program that plays Terraform and writes down how it was called."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from isthmus.change import clouds
from isthmus.change.clouds import CloudStage
from isthmus.change.plans import Target
from isthmus.change.stage import LocalStage, State
from isthmus.core.errors import ConfigurationError, Unavailable
from isthmus.local.rundir import RunDirectory

ROOT = Path(__file__).resolve().parents[3]
PLAYER = """#!{python} -I
import json, os, sys
words = sys.argv[1:]
with open(os.environ["CALLS"], "a") as file:
    kept = {{name: os.environ.get(name, "") for name in ("TF_DATA_DIR", "TF_VAR_architecture", "AWS_SESSION_TOKEN")}}
    file.write(json.dumps({{"words": words, "cwd": os.getcwd(), "kept": kept}}) + "\\n")
if os.environ.get("FAILS") == words[0]:
    sys.stderr.write("AccessDenied")
    said = {{"severity": "error", "summary": "no", "detail": "AccessDenied"}}
    print(json.dumps({{"type": "diagnostic", "diagnostic": said}}))
    sys.exit(1)
if words[0] == "plan":
    open(next(word for word in words if word.startswith("-out="))[5:], "w").write("a plan")
if words[:2] == ["show", "-json"]:
    print(json.dumps({{"shown": words[2:]}}))
if words[:2] == ["state", "pull"] and os.environ.get("STATE"):
    print(os.environ["STATE"])
"""
DEV, GOOGLE = Target("dev", "platform/aws"), Target("prod", "foundation/gcp")


@pytest.fixture
def player(tmp_path: Path) -> Path:
    """The program."""
    path = tmp_path / "terraform"
    path.write_text(PLAYER.format(python=sys.executable))
    path.chmod(0o700)
    return path


def stage(player: Path, **settings: str) -> CloudStage:
    environ = {"CALLS": str(player.with_name("calls")), "ISTHMUS_STAGE": "clouds", "ISTHMUS_TERRAFORM": str(player)}
    found = clouds.stage_of(ROOT, RunDirectory(player.parent / "run"), {**environ, **settings})
    assert isinstance(found, CloudStage)
    return found


def calls(player: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in player.with_name("calls").read_text().splitlines()]


def test_a_plan_has_the_environments_backend_and_variables(player: Path, tmp_path: Path) -> None:
    """And waits for the lock."""
    assert stage(player, AWS_SESSION_TOKEN="t").plan(DEV, tmp_path / "saved") == ()
    assert (tmp_path / "saved").read_text() == "a plan"
    init, plan = calls(player)
    environments = ROOT / "terraform" / "environments"
    assert f"-backend-config={environments / 'dev.s3.tfbackend'}" in init["words"]  # type: ignore[operator]
    assert "-backend-config=key=dev/platform/aws.tfstate" in init["words"]  # type: ignore[operator]
    assert f"-var-file={environments / 'dev.tfvars'}" in plan["words"]  # type: ignore[operator]
    assert "-lock-timeout=600s" in plan["words"]  # type: ignore[operator]
    assert init["cwd"] == str(ROOT / "terraform/stacks/platform/aws")
    assert init["kept"] == plan["kept"]
    assert plan["kept"]["AWS_SESSION_TOKEN"] == "t"  # type: ignore[index]
    assert plan["kept"]["TF_VAR_architecture"] in ("arm64", "x86_64")  # type: ignore[index]


def test_each_environment_and_stack_has_its_own_working_data(player: Path, tmp_path: Path) -> None:
    """Or one's provider and backend would serve the other."""
    for target in (DEV, GOOGLE):
        stage(player).plan(target, tmp_path / "saved")
    folders = {call["kept"]["TF_DATA_DIR"] for call in calls(player)}  # type: ignore[index]
    assert len(folders) == 2
    google = [call["words"] for call in calls(player)][2]
    assert "-backend-config=prefix=prod/foundation/gcp" in google  # type: ignore[operator]


def test_only_the_saved_plan_is_applied(player: Path, tmp_path: Path) -> None:
    """No variables: the plan has them."""
    stage(player).apply(DEV, tmp_path / "saved")
    assert calls(player)[-1]["words"] == [
        "apply",
        "-json",
        "-input=false",
        "-lock-timeout=600s",
        str(tmp_path / "saved"),
    ]


@pytest.mark.parametrize("step", ["init", "plan"])
def test_what_terraform_says_is_a_problem(step: str, player: Path, tmp_path: Path) -> None:
    """Where the backend refuses, nothing is planned."""
    (problem,) = stage(player, FAILS=step).plan(DEV, tmp_path / "saved")
    assert (problem.level, problem.rule) == ("error", "terraform")
    assert "AccessDenied" in problem.message


def test_a_state_is_read_and_none_is_empty(player: Path) -> None:
    """With its lineage and serial."""
    assert stage(player).state(DEV) == State()
    assert stage(player, STATE='{"lineage": "l", "serial": 7}').state(DEV) == State("l", 7)


def test_what_cannot_be_shown_is_an_error(player: Path) -> None:
    """Never an empty plan."""
    assert json.loads(stage(player).show(DEV, Path("saved")))["shown"] == [str(Path("saved").absolute())]
    with pytest.raises(Unavailable, match="AccessDenied"):
        stage(player, FAILS="show").show(DEV)


def test_a_run_of_a_workflow_is_one_place(player: Path) -> None:
    """Its jobs plan and apply; another run's plan is refused."""
    first, again, other = (stage(player, GITHUB_RUN_ID=number).place for number in ("1", "1", "2"))
    assert first == again != other
    assert stage(player).place == stage(player).place


def test_nobody_reaches_the_clouds_by_accident(player: Path, tmp_path: Path) -> None:
    """Without the setting it is this machine; with a wrong one, an error."""
    run = RunDirectory(tmp_path / "run")
    assert isinstance(clouds.stage_of(ROOT, run, {}), LocalStage)
    with pytest.raises(ConfigurationError, match="no stage prod"):
        clouds.stage_of(ROOT, run, {"ISTHMUS_STAGE": "prod"})
    with pytest.raises(ConfigurationError, match="no terraform on the PATH"):
        clouds.stage_of(ROOT, run, {"ISTHMUS_STAGE": "clouds", "PATH": str(tmp_path / "none")})


def test_credentials_are_not_in_what_is_printed(player: Path) -> None:
    """A stage that ends up in a traceback shows no token."""
    assert "a-secret" not in repr(stage(player, AWS_SESSION_TOKEN="a-secret"))
