"""The real clouds as a stage: Terraform with the real providers and the states in the buckets, as CI runs it.

Only ISTHMUS_STAGE=clouds chooses it, so nobody reaches an account by accident. The credentials are the environment's;
on CI they are a job's own, and end with it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from isthmus.change import terraform
from isthmus.change.plans import Target
from isthmus.change.report import Problem
from isthmus.change.stage import LocalStage, Stage, State
from isthmus.core.errors import ConfigurationError, Unavailable
from isthmus.local import stacks
from isthmus.local.rundir import RunDirectory
from isthmus.rehearsal import outcome, process
from isthmus.rehearsal.outcome import Hear, Outcome, deaf
from isthmus.rehearsal.stack import Stack, stack_of

STAGE = "ISTHMUS_STAGE"
LOCAL, CLOUDS = "local", "clouds"
LOCK_SECONDS = 600
"""How long Terraform waits for a state's lock: another job's plan is over by then."""

_BACKENDS = {"aws": ("s3", "key={environment}/{stack}.tfstate"), "gcp": ("gcs", "prefix={environment}/{stack}")}


def stage_of(root: Path, run: RunDirectory, environ: Mapping[str, str] = os.environ) -> Stage:
    """The stage that ISTHMUS_STAGE names: this machine's clouds unless it says `clouds`.

    Raises:
        ConfigurationError: It names another, or there is no Terraform for the real ones.
    """
    named = environ.get(STAGE) or LOCAL
    if named not in (LOCAL, CLOUDS):
        raise ConfigurationError(f"there is no stage {named}", where=STAGE, fix=f"choose of {LOCAL}, {CLOUDS}")
    if named == LOCAL:
        return LocalStage(root, run)
    binary = environ.get("ISTHMUS_TERRAFORM") or shutil.which("terraform", path=environ.get("PATH"))
    if not binary:
        raise ConfigurationError("there is no terraform on the PATH", fix="install Terraform 1.11 or later")
    return CloudStage(root, run, binary, dict(environ))


@dataclass(frozen=True)
class CloudStage:
    """The clouds that the environments name.

    Attributes:
        root: The project.
        run: Where Terraform keeps what must not be in the tree.
        binary: Terraform.
        environ: Credentials and settings.
    """

    root: Path
    run: RunDirectory
    binary: str
    environ: Mapping[str, str] = field(repr=False)

    @property
    def place(self) -> str:
        """One run of a workflow, whose jobs plan and apply; on a person's machine, its run directory."""
        found = self.environ.get("GITHUB_RUN_ID", "")
        if found:
            return f"clouds, run {self.environ.get('GITHUB_REPOSITORY_ID', '')}/{found}"
        return f"clouds, {LocalStage(self.root, self.run).place}"

    def plan(self, target: Target, saved: Path) -> tuple[Problem, ...]:
        """See `Stage`."""
        given = {
            name.removeprefix("TF_VAR_"): value for name, value in self.environ.items() if name.startswith("TF_VAR_")
        }
        wrong = terraform.misnamed(self._stack(target), self.root, given)
        if wrong:
            return wrong
        variables = f"-var-file={self.root / 'terraform' / 'environments' / f'{target.environment}.tfvars'}"
        return self._told(target, ["plan", variables, f"-lock-timeout={LOCK_SECONDS}s", f"-out={saved.absolute()}"])

    def apply(self, target: Target, saved: Path, hear: Hear = deaf) -> tuple[Problem, ...]:
        """See `Stage`."""
        return self._told(target, ["apply", f"-lock-timeout={LOCK_SECONDS}s", str(saved.absolute())], hear)

    def show(self, target: Target, saved: Path | None = None) -> bytes:
        """See `Stage`."""
        self._init(target)
        return self._read(target, ["show", "-json", *([str(saved.absolute())] if saved else [])])

    def state(self, target: Target) -> State:
        """See `Stage`."""
        self._init(target)
        text = self._read(target, ["state", "pull"])
        found = json.loads(text) if text.strip() else {}
        return State(str(found.get("lineage", "")), int(found.get("serial", 0)))

    def _told(self, target: Target, words: Sequence[str], hear: Hear = deaf) -> tuple[Problem, ...]:
        stack = self._stack(target)
        said = self._init(target)
        if not said.code:
            said = self._run(target, [words[0], "-json", "-input=false", *words[1:]], hear)
        return terraform.problems(said, stack, self.root)

    def _init(self, target: Target) -> Outcome:
        kind, place = _BACKENDS[target.stack.rpartition("/")[2]]
        file = self.root / "terraform" / "environments" / f"{target.environment}.{kind}.tfbackend"
        key = place.format(environment=target.environment, stack=target.stack)
        words = ["init", "-json", "-input=false", f"-backend-config={file}", f"-backend-config={key}"]
        return self._run(target, words)

    def _run(self, target: Target, words: Sequence[str], hear: Hear = deaf) -> Outcome:
        with outcome.listening(hear) as (out, lines):
            code = self._start(target, words, out, subprocess.STDOUT)
        return outcome.read(code, lines)

    def _read(self, target: Target, words: Sequence[str]) -> bytes:
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as error:
            code = self._start(target, words, out, error)
            for file in (out, error):
                file.seek(0)
            if code:
                said = error.read().decode("utf-8", "replace").strip()[-500:]
                raise Unavailable(f"terraform {words[0]} ended with {code}: {said}", where=str(target))
            return out.read()

    def _start(self, target: Target, words: Sequence[str], stdout: IO[Any], stderr: IO[Any] | int) -> int:
        data = self.run.root.absolute() / "clouds" / target.environment / target.stack / ".terraform"
        data.parent.mkdir(parents=True, exist_ok=True)
        given = {f"TF_VAR_{name}": value for name, value in stacks.build_variables().items()}
        own = {"TF_DATA_DIR": str(data), "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
        command, environment = [self.binary, *words], {**self.environ, **given, **own}
        folder = self._stack(target).directory
        child = subprocess.Popen(command, cwd=folder, env=environment, stdout=stdout, stderr=stderr)
        # Not `subprocess.run`, which kills its child a quarter of a second after Ctrl-C, in the middle of an apply.
        with process.interrupts_to(child):
            return child.wait()

    def _stack(self, target: Target) -> Stack:
        return stack_of(target.environment, target.stack, root=self.root, run_dir=self.run.root)
