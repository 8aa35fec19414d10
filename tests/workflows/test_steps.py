"""Every `run:` step, run in a scratch clone as far as it needs no account and no network; of the rest, its commands."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import typer.main

from isthmus.cli.app import app

from .conftest import Clone
from .reading import ROOT, Step, steps

RUN = {step.key: step for step in steps() if "run" in step.body}

CHECKED = {
    "merge/check/Linters that are no Python packages": "downloads programs",
    "nightly/checkov/Checkov": "downloads packages; what it runs is checked below",
    "nightly/gameday/Soak": "minutes; tests/e2e and docs/soak.md are it",
    "nightly/gameday/Down": "of the soak's clouds",
    "pull-request/checkov/Checkov": "downloads packages; what it runs is checked below",
    "pull-request/check/Linters that are no Python packages": "downloads programs",
    "pull-request/test/Test": "is what runs this test",
    "release/publish/Publish": "downloads packages, and publishes",
}
"""Steps that are not run here, and why. Their syntax and their commands' words are checked."""

ACCOUNT = {
    "deploy/apply/Apply",
    "merge/image/Image",
    "nightly/drift/Drift",
    "nightly/drift/Tell",
    "plan/plan/Digests",
    "plan/plan/Plan",
    "pull-request/check/Comment",
    "pull-request/infracost/Estimate",
    "release/release/Release",
}
"""Steps that are run with programs in the place of those that ask an account (test_deployment.py)."""

HERE = {
    "merge/check/Check",
    "nightly/dates/Prices that are too old",
    "nightly/dates/Providers newer than the shipped schemas",
    "nightly/dates/Waivers that have ended",
    "pull-request/check/Check",
    "pull-request/check/Cost",
    "release/build/Build",
    "release/build/The tag is the version",
    "setup/action/Install",
}
"""Steps that are run as they are, below."""


def test_every_step_is_run_or_has_a_reason() -> None:
    """A new step is put into one of the three."""
    assert {*CHECKED, *ACCOUNT, *HERE} == set(RUN)
    assert len(CHECKED) + len(ACCOUNT) + len(HERE) == len(RUN)


def run(clone: Clone, key: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Runs a step of a workflow in a clone."""
    step = RUN[key]
    given = {name: value for name, value in {**step.shared, **step.body.get("env", {})}.items() if "${{" not in value}
    return clone.run(step.body["run"], **{**given, **settings})


def test_the_install_leaves_its_programs_on_the_path(clone: Callable[[], Clone]) -> None:
    """What is there is not installed again."""
    scratch = clone()
    made = run(scratch, "setup/action/Install")
    assert made.returncode == 0, made.stdout + made.stderr
    assert (scratch.temp / "github_path").read_text().strip() == str(scratch.root / ".venv" / "bin")


def test_a_check_writes_the_comment_and_the_findings(clone: Callable[[], Clone]) -> None:
    """Of one environment here, to be quick; nothing else of the step differs."""
    scratch = clone()
    for key, words in (
        ("pull-request/check/Check", " --markdown comment.md --sarif check.sarif"),
        ("merge/check/Check", ""),
    ):
        assert RUN[key].body["run"].startswith("isthmus check") and words in RUN[key].body["run"]
    script = RUN["pull-request/check/Check"].body["run"] + " --env dev --step plan --step policy"
    made = scratch.run(script)
    assert made.returncode == 0, made.stdout + made.stderr
    comment = (scratch.root / "comment.md").read_text()
    assert "platform/aws" in comment
    assert json.loads((scratch.root / "check.sarif").read_text())["version"] == "2.1.0"
    summary = RUN["merge/check/Check"].body["run"] + " --env dev --stack foundation/aws --step plan"
    assert scratch.run(summary).returncode == 0
    assert "foundation/aws" in (scratch.temp / "github_step_summary").read_text()


def test_a_pull_request_says_what_it_costs(clone: Callable[[], Clone]) -> None:
    """Against the branch that it goes into; of one stack here, to be quick."""
    scratch = clone()
    command, redirect = RUN["pull-request/check/Cost"].body["run"].split(" >> ")
    made = scratch.run(f"{command} --env dev --stack foundation/aws >> {redirect}", BASE="HEAD")
    assert made.returncode == 0, made.stdout + made.stderr
    assert "dev: +0.00 US dollars a month against HEAD" in (scratch.temp / "github_step_summary").read_text()


def test_a_waiver_that_has_ended_fails_the_night(clone: Callable[[], Clone]) -> None:
    """And no other night."""
    scratch = clone()
    script = RUN["nightly/dates/Waivers that have ended"].body["run"] + " --env dev --stack foundation/aws"
    assert scratch.run(script).returncode == 0
    (file,) = scratch.root.glob("policy/waivers.*")
    before = file.read_text()
    file.write_text(re.sub(r"20\d\d-\d\d-\d\d", "2020-01-01", before))
    made = scratch.run(script)
    file.write_text(before)
    assert made.returncode == 1
    assert "ended on 2020-01-01" in made.stdout


@pytest.mark.parametrize("code", [0, 1])
def test_checkov_is_installed_by_hash_and_its_findings_fail_the_job(code: int, clone: Callable[[], Clone]) -> None:
    """With programs in the place of Python and checkov; what is pinned has its hashes."""
    scratch = clone()
    scratch.program(
        "python",
        '#!/bin/sh\nmkdir -p "$3/bin"\nfor name in python checkov; do\n'
        'echo "#!/bin/sh" > "$3/bin/$name"\n'
        'echo "echo $name \\$* >> $RUNNER_TEMP/calls; [ $name = python ] || exit $CODE" >> "$3/bin/$name"\n'
        'chmod +x "$3/bin/$name"\ndone\n',
    )
    assert run(scratch, "nightly/checkov/Checkov", CODE=str(code)).returncode == code
    install, scan = (scratch.temp / "calls").read_text().splitlines()
    assert "--no-deps --require-hashes -r requirements/checkov.txt" in install
    assert scan.startswith("checkov --directory terraform --framework terraform ")
    pinned = (ROOT / "requirements/checkov.txt").read_text("utf-8")
    assert re.search(r"^checkov==3\.\d+\.\d+ ", pinned, re.MULTILINE)
    assert pinned.count("==") <= pinned.count("--hash=sha256:")


def test_old_prices_are_told(clone: Callable[[], Clone]) -> None:
    """One line a price, then how many."""
    scratch = clone()
    made = run(scratch, "nightly/dates/Prices that are too old")
    count = int(re.search(r"^(\d+) prices are older than \d+ days$", made.stdout, re.MULTILINE)[1])  # type: ignore[index]
    assert made.returncode == (1 if count else 0)
    assert len(made.stdout.splitlines()) == count + 1
    everything = scratch.run("python tools/price_age.py --days 0")
    assert everything.returncode == 1
    assert "of 2025, from" in everything.stdout


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        ("echo 0.0.1", 0, "newest 0.0.1"),
        ("echo 99.0.0", 1, "make the schemas anew"),
        ("echo E404 >&2; exit 1", 1, "E404"),
        ("echo hello", 1, "hello"),
    ],
)
def test_newer_providers_are_told(answer: str, code: int, said: str, clone: Callable[[], Clone]) -> None:
    """By npm, or what plays it here."""
    scratch = clone()
    scratch.program("npm", f'#!/bin/sh\n[ "$1 $3" = "view version" ] || exit 9\n{answer}\n')
    made = run(scratch, "nightly/dates/Providers newer than the shipped schemas")
    assert (made.returncode, said in made.stdout + made.stderr) == (code, True), made.stderr


def test_a_release_has_a_wheel_and_what_it_is_made_of(clone: Callable[[], Clone]) -> None:
    """The same wheel twice, and a component for each package that it needs, none that only tests need."""
    scratch = clone()
    made = run(scratch, "release/build/Build")
    assert made.returncode == 0, made.stdout + made.stderr
    (wheel,) = (scratch.root / "dist").glob("*.whl")
    document = json.loads((scratch.root / "dist" / "sbom.cdx.json").read_text())
    names = {part["name"] for part in document["components"]}
    assert {"boto3", "botocore", "grpcio", "typer", "cryptography"} <= names
    assert not names & {"pytest", "mypy", "ruff", "zizmor"}
    references = {part["bom-ref"] for part in document["components"]}
    own, *others = document["dependencies"]
    assert set(own["dependsOn"]) <= references == {other["ref"] for other in others}
    assert all(part["externalReferences"][0]["hashes"] for part in document["components"])
    assert document["metadata"]["component"]["purl"].startswith("pkg:pypi/isthmus@")
    first = wheel.read_bytes()
    assert scratch.run("tools/ci/build.sh again").returncode == 0
    assert (scratch.root / "again" / wheel.name).read_bytes() == first


def test_a_tag_that_is_not_the_version_is_no_release(clone: Callable[[], Clone]) -> None:
    """v0.0.0 is none; the version's own tag is."""
    from isthmus import __version__

    scratch = clone()
    assert run(scratch, "release/build/The tag is the version").returncode == 1
    assert run(scratch, "release/build/The tag is the version", GITHUB_REF_NAME=f"v{__version__}").returncode == 0


@pytest.mark.parametrize("key", [*CHECKED, *sorted(ACCOUNT)])
def test_what_is_not_run_as_it_is_could_be(key: str) -> None:
    """Bash can read it, its scripts are there, and every command of ours takes the words it is given."""
    script = RUN[key].body["run"]
    assert subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True).returncode == 0
    for part in _scripts(script):
        words = shlex.split(part, comments=True)
        if words[:1] == ["isthmus"]:
            _takes(words[1:])


def _scripts(script: str) -> list[str]:
    """The commands of a step, and of the script that it calls."""
    lines = script.replace("\\\n", " ").splitlines()
    for line in list(lines):
        program = line.split()[0] if line.split() else ""
        if program.startswith(("tools/", ".ci/")):
            assert (ROOT / program).stat().st_mode & 0o111, f"{program} is no program"
            lines += (ROOT / program).read_text("utf-8").replace("\\\n", " ").splitlines()
    plain = [re.split(r"\s(?:>|\|\|)", line.strip())[0] for line in lines]
    return [line for line in plain if line.startswith("isthmus ")]


def _takes(words: list[str]) -> None:
    """Fails where a command of ours has no such name or option."""
    command = typer.main.get_command(app)
    while words and hasattr(command, "commands"):
        assert words[0] in command.commands, f"isthmus has no {words[0]}"
        command, words = command.commands[words[0]], words[1:]
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in words if word.startswith("--")} <= known, words


def test_the_check_of_words_can_fail() -> None:
    """It finds an option that no command has, and a command that is none."""
    _takes(["drift", "--env", "dev"])
    for words in (["drift", "--enviroment", "dev"], ["drifts"]):
        with pytest.raises(AssertionError):
            _takes(words)


def test_steps_that_ask_an_account_are_held_by_a_condition_or_an_identity() -> None:
    """Without variables of the repository none of them runs: the first fork's night is green."""
    text = {path.stem: path.read_text("utf-8") for path in Path(ROOT / ".github/workflows").glob("*.yml")}
    assert text["nightly"].count("if: env.ROLE != ''") >= 5
    assert "vars.AWS_PLAN_ROLE_DEV != ''" in text["merge"]
    assert "vars.AWS_PLAN_ROLE_DEV != ''" in text["pull-request"]


def test_steps_have_keys_of_their_own() -> None:
    """Two of one name in a job would hide each other."""
    named: list[Step] = [step for step in steps() if "run" in step.body]
    assert len({step.key for step in named}) == len(named)
