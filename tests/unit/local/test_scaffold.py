"""`isthmus new handler` writes what is needed, changes nothing that is there, and says why it refuses."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from isthmus.archive import catalogue
from isthmus.change import catalog
from isthmus.core.errors import ConfigurationError
from isthmus.local import scaffold

TYPE = "com.example.order.placed"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with nothing in it."""
    (tmp_path / "src" / "isthmus" / "functions").mkdir(parents=True)
    return tmp_path


def test_it_writes_code_test_consumer_and_schema(root: Path) -> None:
    written = scaffold.new_handler(root, "orders", TYPE)
    assert [path.name for path in written] == ["orders.py", "test_orders.py", "orders.yaml", f"{TYPE}.schema.json"]
    assert all((root / path).is_file() for path in written)
    (view,) = catalogue.load(root / "catalog")
    assert (view.names[0], set(view.columns)) == ("order_placed", {"number"})


def test_what_it_writes_passes_the_linters(root: Path) -> None:
    """As the project's own code: style, format and line lengths."""
    code, test, *_ = scaffold.new_handler(root, "orders", TYPE)
    shutil.copy(Path(__file__).resolve().parents[3] / "pyproject.toml", root)
    for check in (["check"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *check, "--no-cache", str(code), str(test)]
        done = subprocess.run(ruff, cwd=root, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout


def test_a_schema_that_is_there_is_left(root: Path) -> None:
    (root / "catalog").mkdir()
    schema = root / "catalog" / f"{TYPE}.schema.json"
    schema.write_text("{}")
    assert len(scaffold.new_handler(root, "orders", TYPE)) == 3
    assert schema.read_text() == "{}"


def test_a_file_that_is_there_stops_it_before_it_writes(root: Path) -> None:
    there = root / "terraform" / "handlers" / "orders.yaml"
    there.parent.mkdir(parents=True)
    there.write_text("mine")
    with pytest.raises(ConfigurationError, match="there is a handler orders"):
        scaffold.new_handler(root, "orders", TYPE)
    assert there.read_text() == "mine"
    assert not (root / "catalog").exists()


@pytest.mark.parametrize(
    "name", ["Orders", "o", "9lives", "my-orders", "my_orders", "a" * 10, "../up", "archive", "class", ""]
)
def test_a_name_that_can_be_none_is_refused(root: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"can't be called|is taken"):
        scaffold.new_handler(root, name, TYPE)


@pytest.mark.parametrize(
    "type_", ["order", "com.Example.order", "com..order", "com.example.order/1", 'a.b"', "a." + "b" * 100]
)
def test_a_type_that_can_be_none_is_refused(root: Path, type_: str) -> None:
    with pytest.raises(ConfigurationError, match="is no event type"):
        scaffold.new_handler(root, "orders", type_)


def test_without_its_source_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="source is not here"):
        scaffold.new_handler(tmp_path, "orders", TYPE)
    assert list(tmp_path.iterdir()) == []


def test_its_schema_can_grow(root: Path) -> None:
    """A property more breaks nobody."""
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-C", str(root)]
    scaffold.new_handler(root, "orders", TYPE)
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "first"]):
        subprocess.run([*git, *words], check=True)
    path = root / "catalog" / f"{TYPE}.schema.json"
    schema = json.loads(path.read_text())
    schema["properties"]["total"] = {"type": ["number", "null"], "description": "What it costs."}
    path.write_text(json.dumps(schema))
    assert [problem for problem in catalog.check(root, "HEAD") if problem.level == "error"] == []
