"""What style.md asks of every module and stack: described, typed, ordered, small, and a README that tells the truth."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import hcl2
import pytest

MAX_LINES = 150
MAX_VARIABLES = 15
PINS = {"aws": "~> 6.0", "google": ">= 6.50, < 8.0"}


@pytest.fixture(scope="module")
def folders(modules: list[Path], stacks: list[Path]) -> list[Path]:
    """All modules and stacks."""
    return modules + stacks


@pytest.mark.parametrize("kind", ["output", "variable"])
def test_everything_is_described(folders: list[Path], reader: ModuleType, kind: str) -> None:
    """Each variable and output says in a sentence what it is."""
    bare = [
        f"{folder}: {name}"
        for folder in folders
        for name, body in reader.named(folder, kind).items()
        if not reader.text(body.get("description", "")).endswith((".", "…"))
    ]
    assert bare == []


def test_every_variable_is_typed_and_never_any(folders: list[Path], reader: ModuleType) -> None:
    """No variable without a type, and none whose type is, or contains, `any`."""
    loose = [
        f"{folder}: {name}"
        for folder in folders
        for name, body in reader.named(folder, "variable").items()
        if "type" not in body or re.search(r"\bany\b", reader.text(body["type"]))
    ]
    assert loose == []


def test_declarations_are_alphabetical(folders: list[Path], reader: ModuleType) -> None:
    """Within a file, variables and outputs are in alphabetical order."""
    for folder in folders:
        for path in folder.glob("*.tf"):
            parsed = hcl2.loads(path.read_text())
            for kind in ("variable", "output"):
                names = [reader.text(name) for block in parsed.get(kind, []) for name in block]
                assert names == sorted(names), path


def test_modules_are_small(modules: list[Path], reader: ModuleType) -> None:
    """Few variables and short files."""
    for module in modules:
        assert len(reader.named(module, "variable")) <= MAX_VARIABLES, module
        for path in module.glob("*.tf"):
            assert len(path.read_text().splitlines()) <= MAX_LINES, path


def test_every_folder_pins_its_provider_and_terraform(folders: list[Path], reader: ModuleType) -> None:
    """The versions are those that the design names, everywhere."""
    for folder in folders:
        (settings,) = [block for block in reader.load(folder)["terraform"] if "required_version" in block]
        assert reader.text(settings["required_version"]) == ">= 1.11", folder
        if not list(reader.resources(folder)) and folder.name == "profile":
            continue  # figures only
        ((name, entry),) = (
            (name, entry)
            for block in settings["required_providers"]
            for name, entry in block.items()
            if not name.startswith("__")
        )
        pairs = {reader.text(key): reader.text(value) for key, value in entry.items()}
        assert pairs["version"] == PINS[name], folder


def test_only_stacks_configure_providers(modules: list[Path], stacks: list[Path], reader: ModuleType) -> None:
    """A module with a provider block of its own could not be destroyed."""
    assert [module for module in modules if "provider" in reader.load(module)] == []
    assert all("provider" in reader.load(stack) for stack in stacks)


def test_no_module_or_stack_uses_what_is_not_declared(stacks: list[Path], reader: ModuleType) -> None:
    """A stack gives each module all that it requires, and nothing that it does not have."""
    for stack in stacks:
        for name, body in reader.named(stack, "module").items():
            _check_call(f"{stack}: {name}", body, (stack / reader.text(body["source"])).resolve(), reader)


def test_readmes_are_up_to_date(reader: ModuleType) -> None:
    """The tables say what the Terraform says; `python tools/terraform_readme.py` writes them."""
    assert reader.stale() == []


def test_readme_examples_would_be_accepted(modules: list[Path], reader: ModuleType) -> None:
    """The example of each README calls its own module, with all that it requires and nothing that it does not have."""
    for module in modules:
        (example,) = re.findall(r"```hcl\n(.*?)```", (module / "README.md").read_text(), re.DOTALL)
        ((_, body),) = hcl2.loads(example)["module"][0].items()
        assert reader.text(body["source"]) == f"../../modules/{module.parent.name}/{module.name}"
        _check_call(str(module), body, module, reader)


def _check_call(where: str, body: dict[str, object], module: Path, reader: ModuleType) -> None:
    declared = reader.named(module, "variable")
    meta = {"source", "for_each", "count", "depends_on", "providers"}
    given = {name for name in body if not name.startswith("__")} - meta
    assert given - set(declared) == set(), where
    assert {name for name, entry in declared.items() if "default" not in entry} - given == set(), where
