"""A check of what changed plans what the change can touch, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from isthmus.change import plans
from isthmus.change.check import CheckConfig, check
from isthmus.change.git import git
from isthmus.change.plans import Target
from isthmus.change.touched import changed_files, folders, touched
from isthmus.core.errors import ConfigurationError
from isthmus.rehearsal.stack import stacks_of

ROOT = Path(__file__).resolve().parents[3]
STACKS = stacks_of(ROOT)
ALL = [Target(env, stack) for env in ("dev", "prod") for stack in STACKS]
AWS_KEYS = ["foundation/aws"]


def _stacks(*files: str) -> list[str]:
    found = touched(ROOT, files, ALL)
    assert [target.stack for target in found if target.environment == "dev"] == [
        target.stack for target in found if target.environment == "prod"
    ]
    return [target.stack for target in found if target.environment == "dev"]


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("README.md", []),
        ("src/isthmus/cli/send.py", []),
        ("terraform/modules/aws/keys/README.md", []),
        ("terraform/stacks/platform/aws/main.tf", ["platform/aws"]),
        ("terraform/modules/aws/keys/main.tf", ["foundation/aws"]),
        ("terraform/modules/gcp/function/main.tf", ["platform/gcp"]),
        ("policy/data/s3_versioning/s3_versioning_test.rego", []),
        ("policy/data/s3_versioning/s3_versioning.rego", STACKS),
        ("policy/waivers.yaml", STACKS),
        ("usage/large.yml", STACKS),
        ("terraform/environments/costs.yml", STACKS),
        ("terraform/slo.yaml", ["platform/aws", "platform/gcp"]),
        ("src/isthmus/rehearsal/runner.py", STACKS),
    ],
)
def test_a_file_touches_the_stacks_that_read_it(file: str, expected: list[str]) -> None:
    """In every environment."""
    assert _stacks(file) == expected


def test_an_environment_touches_itself() -> None:
    """All of its stacks, and no other's."""
    found = touched(ROOT, ["terraform/environments/prod.tfvars"], ALL)
    assert found == [target for target in ALL if target.environment == "prod"]


@pytest.mark.parametrize("file", ["src/isthmus/functions/aws/ingest.py", "src/isthmus/core/frames.py"])
def test_code_touches_what_deploys_it(file: str) -> None:
    """On AWS the packages are a part of the plan."""
    assert "platform/aws" in _stacks(file)
    assert "foundation/aws" not in _stacks(file)


def test_every_module_is_a_part_of_a_stack() -> None:
    """Otherwise a change of it would be planned nowhere."""
    known = {folder for stack in STACKS for folder in folders(ROOT, stack)}
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "terraform" / "modules").glob("*/*") if path.is_dir()}
    assert sorted(modules - known) == []


def test_what_differs_is_told_since_the_branch_began(project: Path, commit: Callable[[], None]) -> None:
    """New files too, committed or not."""
    (project / "a.md").write_text("")
    commit()
    (project / "b.md").write_text("")
    assert changed_files(project, "HEAD~1") == ["a.md", "b.md"]
    with pytest.raises(ConfigurationError, match="there is no commit origin/none"):
        changed_files(project, "origin/none")


def test_only_what_is_touched_is_planned(
    project: Path, commit: Callable[[], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A check of one changed stack plans that one."""
    for stack in ("foundation/aws", "platform/aws"):
        folder = project / "terraform" / "stacks" / stack
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "main.tf").write_text("")
    (project / "terraform" / "environments").mkdir()
    (project / "terraform" / "environments" / "dev.tfvars").write_text("")
    commit()
    (project / "terraform" / "stacks" / "platform" / "aws" / "main.tf").write_text("# more\n")
    planned: list[Target] = []
    monkeypatch.setattr(plans, "plan_all", lambda root, wanted, *rest: planned.extend(wanted) or [])
    config = CheckConfig(project, tmp_path / "run", {}, changed_since="HEAD", steps=frozenset({"plan"}))
    assert check(config).passed
    assert planned == [Target("dev", "platform/aws")]


def test_a_file_that_moved_counts_where_it_was(project: Path, commit: Callable[[], None]) -> None:
    """Git tells only the new place of a move unless it is asked, and quotes names with letters beyond ASCII."""
    (project / "from").mkdir()
    (project / "from" / "größe.tf").write_text("# text that is long enough to be told as moved\n" * 5)
    commit()
    (project / "to").mkdir()
    (project / "from" / "größe.tf").rename(project / "to" / "größe.tf")
    commit()
    assert changed_files(project, "HEAD~1") == ["from/größe.tf", "to/größe.tf"]


@pytest.mark.parametrize("base", ["--output=x", "--all", "", "no such branch"])
def test_a_commit_that_is_not_there_is_an_error(project: Path, base: str) -> None:
    """Whatever the name looks like: git takes it for a name."""
    with pytest.raises(ConfigurationError, match="there is no commit"):
        changed_files(project, base)
    assert not (project / "x").exists()


def test_branches_without_a_common_commit_are_an_error(project: Path) -> None:
    """As in a shallow clone."""
    nobody = ("-c", "user.name=n", "-c", "user.email=n@example.com")
    other = git(project, *nobody, "commit-tree", "HEAD^{tree}", "-m", "Another beginning").strip()
    with pytest.raises(ConfigurationError, match="no commit in common"):
        changed_files(project, other)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("main.tf", 'module "a" { source = "../../../modules/aws/a" }\n'),
        ("main.tf.json", '{"module": {"a": {"source": "../../../modules/aws/a"}}}'),
    ],
)
def test_a_module_is_found_however_it_is_called(tmp_path: Path, file: str, text: str) -> None:
    """In one line, or in JSON."""
    stack = tmp_path / "terraform" / "stacks" / "platform" / "aws"
    stack.mkdir(parents=True)
    (stack / file).write_text(text)
    assert folders(tmp_path, "platform/aws") == {"terraform/stacks/platform/aws", "terraform/modules/aws/a"}


def test_a_link_is_followed(tmp_path: Path) -> None:
    """What a stack's file points at is a part of the stack; what is outside of the project is not."""
    stack = tmp_path / "terraform" / "stacks" / "platform" / "aws"
    stack.mkdir(parents=True)
    (tmp_path / "terraform" / "shared").mkdir()
    (stack / "shared.tf").symlink_to("../../../shared/shared.tf")
    (stack / "away.tf").symlink_to("/dev/null")
    assert folders(tmp_path, "platform/aws") == {"terraform/stacks/platform/aws", "terraform/shared"}
