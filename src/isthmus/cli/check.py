"""`isthmus check`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from isthmus.cli.output import JSON, print_json, print_table, progress

if TYPE_CHECKING:
    from isthmus.change.report import Report


def check(
    environments: Annotated[
        list[str] | None, typer.Option("--env", help="An environment; again for more. All when left out.")
    ] = None,
    stacks: Annotated[
        list[str] | None, typer.Option("--stack", help="A stack, for example platform/aws; again for more.")
    ] = None,
    steps: Annotated[
        list[str] | None, typer.Option("--step", help="Only this step: lint, policy, plan or cost; again for more.")
    ] = None,
    changed: Annotated[bool, typer.Option("--changed", help="Plan only what differs from --base.")] = False,
    base: Annotated[str, typer.Option("--base", help="What --changed compares with.")] = "origin/main",
    markdown: Annotated[Path | None, typer.Option("--markdown", help="Write a pull request's comment here.")] = None,
    sarif: Annotated[Path | None, typer.Option("--sarif", help="Write SARIF here.")] = None,
    strict: Annotated[
        bool | None,
        typer.Option(
            "--strict/--lenient", help="A missing tool is an error; it is when CI is set.", show_default=False
        ),
    ] = None,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Judge a change before anybody applies it: lint, policy, plan, cost. No cloud is asked, no account is needed.

    The exit code is 0 when every step passes.

    \b
    Example:
      isthmus check --env dev
      isthmus check --step plan
      isthmus check --changed --base origin/main --markdown comment.md --sarif check.sarif
    """
    from isthmus.change.check import STEPS, CheckConfig
    from isthmus.change.check import check as run_check
    from isthmus.change.markdown import markdown as as_markdown
    from isthmus.change.sarif import sarif as as_sarif
    from isthmus.local import packages
    from isthmus.local.project import project_root
    from isthmus.local.rundir import RunDirectory
    from isthmus.local.stacks import build_variables

    if changed and not base:
        raise typer.BadParameter("--base names nothing that --changed could compare with")
    say = progress()
    say("packages: building what is stale")
    packages.ensure()
    config = CheckConfig(
        project_root(),
        RunDirectory.current().planned("check"),
        build_variables(),
        tuple(environments or ()),
        tuple(stacks or ()),
        base if changed else "",
        _in_ci() if strict is None else strict,
        frozenset(steps or STEPS),
    )
    report = run_check(config, say)
    if json:
        print_json({"passed": report.passed, "report": report})
    else:
        _print(report)
    if markdown:
        markdown.write_text(as_markdown(report), "utf-8")
    if sarif:
        import json as encoder

        sarif.write_text(encoder.dumps(as_sarif(report), indent=1), "utf-8")
    if not report.passed:
        raise typer.Exit(1)


def _in_ci(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether CI is set: some say `true` there, some their own name."""
    return environ.get("CI", "").lower() not in ("", "0", "false", "no", "off")


def _print(report: Report) -> None:
    from isthmus.cli.problems import print_problems

    print_problems(report.problems)
    rows = [
        (step.name, step.status, len(step.problems), f"{step.seconds:.1f} s", step.skipped or step.facts)
        for step in report.steps
    ]
    print_table(("step", "result", "findings", "time", "looked at"), rows, "Isthmus check")
    if report.changes:
        plans = [
            (one.environment, one.stack, f"+{one.add}", f"~{one.change}", f"-{one.remove}") for one in report.changes
        ]
        print_table(("environment", "stack", "add", "change", "remove"), plans, "Plans")
    if report.costs:
        print_table(report.costs[0], report.costs[1:], "Cost")
