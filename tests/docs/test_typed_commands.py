"""What a page says to type can be typed: `isthmus`, `terraform` and `aws` know every word of it.

For what no test can run, since it needs an account. `gcloud`, `gh` and `docker` publish no model to check against.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import botocore.session
import hcl2
import pytest
from botocore import xform_name

CommandOf = Callable[[list[str]], tuple[Any, list[str]]]
ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENTS = ROOT / "terraform" / "environments"
PAGES = sorted(path for path in (ROOT / "docs").rglob("*.md") if "gamedays" not in path.parts)
FENCED = re.compile(r"^( *)```sh\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
TERRAFORM = {"init", "plan", "apply", "output", "destroy", "force-unlock", "import", "state", "show", "validate"}
AWS_GLOBAL = {"output", "profile", "query", "region"}
CLIENT = botocore.session.Session()


def blocks(page: Path) -> list[str]:
    """The shell blocks of a page, a command a line, without their indentation."""
    found = [re.sub(rf"^{indent}", "", text, flags=re.MULTILINE) for indent, text in FENCED.findall(page.read_text())]
    return [text.replace("\\\n", " ") for text in found]


def commands(program: str) -> list[tuple[str, list[str]]]:
    """A page's name and a command's words, for each of a program."""
    return [
        (str(page.relative_to(ROOT)), words[1:])
        for page in PAGES
        for text in blocks(page)
        for words in typed(text)
        if words[0] == program
    ]


def typed(text: str) -> Iterator[list[str]]:
    """The words of each command of a block, those within others too; what is quoted is one word."""
    text = re.sub(r"<<'?(\w+)'?\n.*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"(^|\s)#\s.*$", "", text, flags=re.MULTILINE)
    text = re.sub(r'"(\$\([^"]*\))"', r"\1", text)  # a command within quotes is a command, too
    lexer = shlex.shlex(text, posix=True, punctuation_chars="();<>|&\n")
    lexer.whitespace, lexer.whitespace_split, lexer.commenters = " \t", True, ""
    words: list[str] = []
    for token in [*lexer, "\n"]:
        if not set(token) <= set("();<>|&\n"):
            words.append(token)
            continue
        while words and (words[0] in ("do", "then", "export") or words[0].endswith("$")):
            words.pop(0)
        if words:
            yield words
        words = []


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)], ids=lambda page: page.stem)
def test_a_shell_can_read_it(page: Path) -> None:
    for text in blocks(page):
        read = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True)
        assert read.returncode == 0, read.stderr + text


@pytest.mark.parametrize(("page", "words"), commands("isthmus"))
def test_a_command_of_isthmus_is_there_with_its_options(page: str, words: list[str], command_of: CommandOf) -> None:
    command, rest = command_of(words)
    assert not hasattr(command, "commands"), f"{page}: no such command: {words}"
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    if not command.context_settings.get("ignore_unknown_options"):
        assert {word.split("=")[0] for word in rest if word.startswith("--") and word != "--"} <= known | {"--help"}


@pytest.mark.parametrize(("page", "words"), commands("aws"))
def test_a_command_of_aws_is_an_operation_with_its_parameters(page: str, words: list[str]) -> None:
    service, operation, *rest = words
    model = CLIENT.get_service_model({"s3api": "s3"}.get(service, service))
    names = {xform_name(name, "-"): name for name in model.operation_names}
    assert operation in names, f"{page}: {service} has no {operation}"
    shape = model.operation_model(names[operation]).input_shape
    known = {xform_name(name, "-") for name in shape.members} if shape else set()
    asked = {word[2:].split("=")[0] for word in rest if word.startswith("--")} - AWS_GLOBAL
    assert {name if name in known else name.removeprefix("no-") for name in asked} <= known, page


def steps(page: Path) -> Iterator[tuple[Path, list[str]]]:
    """Each command of Terraform and the folder that the page has gone to by then."""
    for text in blocks(page):
        here = ROOT
        for program, *words in typed(text):
            if program == "cd":
                here = (here / words[0]).resolve()
            elif program == "terraform":
                yield here, words


@pytest.mark.parametrize("page", ["tutorials/real-accounts.md", "ci-trust.md"])
def test_a_command_of_terraform_fits_the_stack_that_it_is_typed_in(page: str) -> None:
    """Its files are there from that folder, its state is that stack's own, its outputs are declared."""
    found = list(steps(ROOT / "docs" / page))
    assert found
    for folder, (verb, *words) in found:
        assert verb in TERRAFORM
        stack = folder.relative_to(ROOT / "terraform" / "stacks")
        assert (folder / "variables.tf").is_file()
        for word in words:
            name, _, value = word.lstrip("-").partition("=")
            if name == "var-file" or (name == "backend-config" and "=" not in value):
                assert (folder / value).resolve().parent == ENVIRONMENTS and (folder / value).is_file(), word
            elif name == "backend-config":
                assert value in (f"key=dev/{stack}.tfstate", f"prefix=dev/{stack}"), word
        if verb == "output":
            assert words[-1] in _outputs(folder), (folder, words)


def _outputs(folder: Path) -> set[str]:
    declared = hcl2.loads((folder / "outputs.tf").read_text())["output"]
    return {name.strip('"') for block in declared for name in block}


def test_the_settings_of_the_real_accounts_are_variables_of_every_stack() -> None:
    text = (ROOT / "docs" / "tutorials" / "real-accounts.md").read_text()
    table = text[text.index("| setting | what |") : text.index("The files `dev.s3.tfbackend`")]
    named = {
        name.split(".")[0]
        for row in re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE)
        for name in re.findall(r"`([\w.]+)`", row)
    }
    variables = hcl2.loads((ROOT / "terraform/stacks/bootstrap/aws/variables.tf").read_text())["variable"]
    declared = {name.strip('"') for block in variables for name in block}
    google = {"project_number", "region"}
    assert named - google <= declared and len(named) > 5


def test_what_real_accounts_cost_is_up_to_date() -> None:
    """`python tools/real_accounts_doc.py` writes it; that the record is what plans cost is another test's."""
    tool = [sys.executable, str(ROOT / "tools" / "real_accounts_doc.py"), "--check"]
    done = subprocess.run(tool, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "")
