"""The command line: help with examples, exit codes that mean one thing, errors that say what to do."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from isthmus import __version__
from isthmus.cli import exits
from isthmus.cli.app import app
from isthmus.cli.entry import main
from isthmus.cli.status import print_state
from isthmus.local.state import PartState, RunState


def commands() -> Iterator[tuple[list[str], object]]:
    """Every command with its words, those of groups too."""

    def below(words: list[str], command: object) -> Iterator[tuple[list[str], object]]:
        inner = getattr(command, "commands", None)
        if inner is None:
            yield words, command
        for name, found in (inner or {}).items():
            yield from below([*words, name], found)

    return below([], get_command(app))


COMMANDS = list(commands())


@pytest.fixture(autouse=True)
def run_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run directory where nothing was ever started."""
    monkeypatch.setenv("ISTHMUS_RUN_DIR", str(tmp_path / "run"))
    return tmp_path / "run"


@pytest.mark.parametrize("words", [words for words, _ in COMMANDS], ids=" ".join)
def test_the_help_of_every_command_has_an_example_of_it(words: list[str]) -> None:
    result = CliRunner().invoke(app, [*words, "--help"])
    assert result.exit_code == exits.OK
    assert f"isthmus {' '.join(words)}" in result.output.partition("Example:")[2]


#: Commands that print no facts: text for people, what Terraform prints, a server's life, the files that were written.
WITHOUT_JSON = {"google", "logs", "new", "rehearse", "tf"}


@pytest.mark.parametrize("words", [words for words, _ in COMMANDS if words[0] not in WITHOUT_JSON], ids=" ".join)
def test_every_command_that_prints_facts_prints_them_as_json(words: list[str]) -> None:
    assert "--json" in CliRunner().invoke(app, [*words, "--help"]).output


@pytest.mark.parametrize("words", [[], ["dlq"], ["gameday"], ["policy"], ["replication"], ["state"]], ids=" ".join)
def test_a_list_of_commands_cuts_no_sentence_off(words: list[str]) -> None:
    assert "..." not in CliRunner().invoke(app, [*words, "--help"]).output.replace("[ARGS]...", "")


def test_options_have_placeholders_for_people() -> None:
    output = CliRunner().invoke(app, ["send", "--help"]).output
    assert "--limit N " in output and "--map MAP " in output and "send [OPTIONS] [FILE]" in output


def test_the_exit_codes_are_in_the_help() -> None:
    output = " ".join(CliRunner().invoke(app, ["--help"]).output.split())
    for code, meaning in exits.MEANINGS.items():
        assert f"{code} {meaning}" in output


def test_the_command_line_loads_no_sdk_before_a_command_runs() -> None:
    """That keeps `isthmus --help` under 0.2 s."""
    heavy = ["boto3", "grpc", "google", "duckdb", "rich", "httpx", "psutil", "msgspec", "starlette"]
    path = f"import sys; sys.path[:0] = {sys.path}"
    program = f"{path}; import isthmus.cli.app; print(*set({heavy}).intersection(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""


def test_status_of_nothing_exits_with_not_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status"]) == exits.NOT_UP
    *parts, hint = capsys.readouterr().out.splitlines()[1:]
    assert [(line.split()[0], line.split()[-1]) for line in parts] == [
        ("proxy", "down"), ("aws", "down"), ("gcp", "down"), ("control", "down"),
    ]  # fmt: skip
    assert hint == "`isthmus up` starts what does not run"


def test_broken_links_are_told_by_fault_and_nothing_is_said_to_run_that_does_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    parts = [
        PartState("proxy", "fault proxies", "up", 1, 2**20, {}),
        PartState("aws", "AWS", "killed", None, 0, {}),
        PartState("gcp", "Google", "up", 2, 2**20, {"gcp.http": "http://h:1", "gcp.pubsub": "http://h:2"}),
    ]
    broken = {"aws.front": ["refuse", "refuse"], "gcp-to-aws": ["refuse"], "aws-to-gcp.pubsub": ["hang"]}
    print_state(RunState("/run", tuple(parts), broken, {"aws": "http://h:3", "gcp": "http://h:4"}))
    assert capsys.readouterr().out.splitlines()[-5:] == [
        "gcp    Google         up        2  1 MiB   http://h:1, gRPC h:2",
        "ingest on gcp: http://h:4/v1/events",
        "broken (hang): aws-to-gcp.pubsub; `isthmus heal` mends it",
        "broken (refuse): aws.front, gcp-to-aws; `isthmus heal` mends it",
        "`isthmus up` starts what does not run",
    ]


def test_an_environment_that_is_not_there_is_named_with_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tf", "nope", "platform/aws", "plan"]) == exits.FAILED
    output = capsys.readouterr().err
    assert "there is no environment nope" in output and "dev, prod, staging" in output


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["platform/aws"], "the state of platform/aws is in a file"),
        (["platform/azure"], "there is no stack platform/azure"),
        (["platform/aws", "--env", "nope"], "there is no environment nope"),
    ],
)
def test_a_state_that_can_not_be_looked_after_is_told_why(
    words: list[str], what: str, run_directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["state", "doctor", *words]) == exits.FAILED
    assert what in capsys.readouterr().err


def test_status_prints_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--json"]) == exits.NOT_UP
    assert json.loads(capsys.readouterr().out)["level"] == "down"


@pytest.mark.parametrize(
    "words",
    [["break", "aws"], ["heal"], ["logs"], ["query", "select 1"], ["dlq", "list"], ["dlq", "redrive"], ["tail"]],
    ids=" ".join,
)
def test_what_needs_the_clouds_says_that_they_are_not_up(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == exits.NOT_UP
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert "isthmus up" in said or "nothing was started" in said
    assert "Traceback" not in said


def test_down_of_nothing_is_fine(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["down"]) == exits.OK
    assert "nothing ran" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["nosuch"], ["status", "--nosuch"], ["break"]], ids=" ".join)
def test_a_wrong_command_line_exits_with_usage(words: list[str]) -> None:
    assert main(words) == exits.USAGE


def test_a_wrong_fault_is_an_error_with_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["break", "aws", "--how", "explode"]) == exits.FAILED
    said = capsys.readouterr().err
    assert "“explode” is not a fault" in said
    assert "to do: use one of: refuse, hang" in said


def test_an_unreadable_record_is_named(run_directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_directory.mkdir()
    (run_directory / "run.json").write_text("{")
    assert main(["status"]) == exits.FAILED
    assert str(run_directory / "run.json") in capsys.readouterr().err


def test_a_run_directory_that_is_a_file_is_a_sentence(run_directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_directory.write_text("")
    assert main(["down"]) == exits.FAILED
    assert "error: " in capsys.readouterr().err


def test_debug_shows_where_an_error_came_from() -> None:
    with pytest.raises(Exception, match="not a fault"):
        main(["break", "aws", "--how", "explode", "--debug"])


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == exits.OK
    assert capsys.readouterr().out == f"isthmus {__version__}\n"


def test_a_pipe_gets_plain_columns(capsys: pytest.CaptureFixture[str]) -> None:
    from isthmus.cli.output import print_table

    print_table(("a", "long name"), [(1, None), ("four", 2)])
    assert capsys.readouterr().out == "a     long name\n1\nfour          2\n"


def test_typer_is_told_not_to_show_its_own_tracebacks() -> None:
    assert isinstance(app, typer.Typer)
    assert not app.pretty_exceptions_enable


def test_a_flag_of_terraform_with_an_h_in_it_asks_for_no_help() -> None:
    """`-out=change.tfplan` is Terraform's, and goes to it."""
    result = CliRunner().invoke(app, ["tf", "dev", "no/such", "plan", "-out=change.tfplan"])
    assert "Usage" not in result.output
    assert "there is no stack no/such" in str(result.exception)


def test_each_thing_that_is_wrong_with_a_scenario_is_an_error_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before the clouds are asked for anything."""
    scenario = tmp_path / "one.yaml"
    good = Path(__file__).parents[3].joinpath("gamedays", "aws-outage.yaml").read_text("utf-8")
    scenario.write_text(
        good.replace("func: cut_off", "func: explode", 1).replace("_rto <= 2 s", "_rto <= 2", 1), "utf-8"
    )
    assert main(["gameday", "run", str(scenario)]) == exits.FAILED
    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    assert len(told) == 2
    assert any("explode" in line for line in told) and any("has no unit" in line for line in told)
