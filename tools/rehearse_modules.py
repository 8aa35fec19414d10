"""Plans the examples of public modules under the rehearsal, and writes down which passed: docs/rehearsal-modules.md.

    python tools/rehearse_modules.py DIR [--existing tools/existing.json] [--write docs/rehearsal-modules.md]

DIR has a folder a repository, as `terraform-aws-vpc`. An example is a folder under `examples/`, or a block of a README
that ends in `# tftest` with the number of resources that the real provider plans. Nothing of the modules' text is
kept: the table has names and counts.

Sources in a registry (`terraform-aws-modules/kms/aws`) lead to the folder of that module in DIR, where it is there.
What an account has from the start, and what the examples look up in their authors', is in a file of what exists.
Variables without a default get a made-up value by their type.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

import hcl2

from isthmus.core.errors import IsthmusError
from isthmus.rehearsal.outcome import Outcome
from isthmus.rehearsal.resources.data_sources.world import Values, read_existing
from isthmus.rehearsal.runner import execute
from isthmus.rehearsal.stack import stack_at

REGISTRY = re.compile(
    r'^(\s*source\s*=\s*)"(?P<owner>[\w-]+)/(?P<name>[\w-]+)/(?P<cloud>aws|google)(?P<rest>//[^"]*)?"', re.M
)
VERSION = re.compile(r'^\s*version\s*=\s*"[^"]*"[^\n]*\n', re.M)
MODULE = re.compile(r'^module\s+"[\w-]+"\s*\{.*?^\}', re.M | re.S)
FENCE = re.compile(r"^```(?:hcl|terraform)\n(.*?)^```", re.M | re.S)
TEST = re.compile(r"^# tftest\b(.*)$", re.M)
ELSEWHERE = re.compile(
    "Failed to query available provider packages|Module not found|Failed to download module|registry",
    re.I,
)
PROVIDER = re.compile(r"provider\s+(?:package for\s+)?(?:registry\.terraform\.io/)?([\w-]+/[\w-]+)")


@dataclass(frozen=True)
class Example:
    """One root module to plan; `expected` is the number of resources that its repository says it has."""

    repository: str
    name: str
    folder: Path
    expected: int | None = None


@dataclass(frozen=True)
class Result:
    """What planning an example came to: `passed`, `failed`, or `not here` for what can't be had offline."""

    example: Example
    kind: str
    resources: int = 0
    says: str = ""


def examples(repositories: Path, only: str) -> Iterator[Example]:
    """The examples of all repositories, copied into place."""
    for repository in sorted(path for path in repositories.iterdir() if path.is_dir()):
        if only and only not in repository.name:
            continue
        for folder in sorted(repository.glob("examples/*")):
            if [*folder.glob("*.tf")]:
                yield Example(repository.name, folder.name, folder)
        yield from _readme_examples(repository)


def _readme_examples(repository: Path) -> Iterator[Example]:
    for readme in sorted(repository.glob("modules/*/README.md")):
        for number, fence in enumerate(FENCE.findall(readme.read_text()), start=1):
            marked = TEST.search(fence)
            words = dict(word.partition("=")[::2] for word in marked[1].split()) if marked else {}
            if "resources" not in words or "fixtures" in words or "files" in words or "# tftest-file" in fence:
                continue
            folder = repository / ".readme" / f"{readme.parent.name}-{number}"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "main.tf").write_text(fence)
            shutil.copy(repository / "tests" / "examples" / "variables.tf", folder / "variables.tf")
            link = folder / "fabric"
            if not link.is_symlink():
                link.symlink_to(repository)
            yield Example(repository.name, f"{readme.parent.name} #{number}", folder, int(words["resources"]))


def localize(repositories: Path) -> None:
    """Turns registry sources into folders beside each other, where they are there."""
    for file in repositories.rglob("*.tf"):
        if file.is_symlink():
            continue
        text = file.read_text(errors="replace")
        changed = MODULE.sub(lambda block: _localized(block[0], repositories), text)
        if changed != text:
            file.write_text(changed)


def _localized(block: str, repositories: Path) -> str:
    found = REGISTRY.search(block)
    folder = repositories / f"terraform-{found['cloud']}-{found['name']}" if found else None
    if found is None or folder is None or not folder.is_dir():
        return block
    place = str(folder) + (found["rest"] or "").replace("//", "/")
    return VERSION.sub("", REGISTRY.sub(rf'\1"{place}"', block))


def plan(example: Example, run_dir: Path, existing: Mapping[str, list[Values]] | None = None) -> Result:
    """Plans an example."""
    values = example.folder / "zz_values.auto.tfvars.json"
    values.write_text(json.dumps(_values(example.folder)))
    try:
        outcome = execute(stack_at(example.folder, run_dir=run_dir, existing=existing), ["plan"])
    except IsthmusError as error:
        return Result(example, "failed", says=str(error.what))
    problems = [problem for problem in outcome.diagnostics if problem["severity"] == "error"]
    if outcome.code == 0:
        return _judged(example, outcome)
    first = problems[0] if problems else {"summary": "init failed", "detail": "\n".join(outcome.said)}
    text = f"{first['summary']} {first.get('detail', '')}"
    if ELSEWHERE.search(text):
        missing = sorted(set(PROVIDER.findall(text))) or ["a module of a registry"]
        return Result(example, "not here", says=f"needs {', '.join(missing)}")
    where = first.get("range", {})
    print(f"    {where.get('filename')}:{where.get('start', {}).get('line')} {text}", file=sys.stderr)
    return Result(example, "failed", says=" ".join(str(first["summary"]).split()))


def _judged(example: Example, outcome: Outcome) -> Result:
    if example.expected not in (None, outcome.add):
        return Result(example, "failed", outcome.add, f"{example.expected} resources expected")
    return Result(example, "passed", outcome.add)


def _values(folder: Path) -> dict[str, object]:
    found: dict[str, object] = {}
    for file in folder.glob("*.tf"):
        try:
            blocks = hcl2.loads(file.read_text()).get("variable", [])
        except Exception as error:
            print(f"{file}: {type(error).__name__}", file=sys.stderr)
            continue
        for block in blocks:
            for name, settings in block.items():
                if "default" not in settings:
                    found[name.strip('"')] = _made_up(name.strip('"'), str(settings.get("type", "string")))
    return found


def _made_up(name: str, type_: str) -> object:
    kinds = {"list": [], "set": [], "map": {}, "object": {}, "bool": False, "number": 1}
    for kind, value in kinds.items():
        if kind in type_.split("(")[0]:
            return value
    return "us-central1" if "region" in name or "location" in name else f"example-{name.replace('_', '-')}"[:28]


def table(results: Iterable[Result]) -> str:
    """The document."""
    found = [*results]
    counts = {kind: sum(result.kind == kind for result in found) for kind in ("passed", "failed", "not here")}
    lines = [
        "# Public modules under the rehearsal",
        "",
        "Written by `tools/rehearse_modules.py`; names and counts only. Each example was planned under the rehearsal,",
        "without an account. *Not here*: it needs a provider or module that has to be downloaded.",
        "",
        f"{len(found)} examples: {counts['passed']} passed, {counts['failed']} failed, {counts['not here']} not here.",
        "",
        "| repository | example | result | resources | why |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {r.example.repository} | {r.example.name} | {r.kind} | {r.resources or ''} | {_cell(r.says)} |"
        for r in found
    ]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """What a provider said, without what Markdown would read as its own."""
    return re.sub(r"([\\|*_\[\]<])", r"\\\1", text)


def main() -> int:
    """Plans all examples, prints each and writes the document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repositories", type=Path)
    parser.add_argument("--only", default="", help="part of a repository's name")
    parser.add_argument("--example", default="", help="part of an example's name")
    parser.add_argument("--existing", type=Path, help="what data sources find in the account")
    parser.add_argument("--write", type=Path, help="the document")
    options = parser.parse_args()
    existing = read_existing(options.existing) if options.existing else {}
    with tempfile.TemporaryDirectory() as scratch:
        copied = Path(scratch) / "modules"
        shutil.copytree(options.repositories, copied, symlinks=True)
        localize(copied)
        results = []
        for example in examples(copied, options.only):
            if options.example in example.name:
                results.append(plan(example, Path(scratch) / "run", existing))
                last = results[-1]
                print(f"{last.kind:9} {last.resources:4} {example.repository} {example.name}: {last.says}", flush=True)
    if options.write:
        options.write.write_text(table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
