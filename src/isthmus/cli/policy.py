"""`isthmus policy`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from isthmus.cli.output import JSON, print_json, print_table

if TYPE_CHECKING:
    from isthmus.policy.verdict import Judgement

app = typer.Typer(help="Judge plans and states by the rules.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def options() -> None:
    """Judge plans and states by the rules."""


@app.command(name="list")
def list_(json: Annotated[bool, JSON] = False) -> None:
    """List the rules with their severity and what each asks for.

    \b
    Example:
      isthmus policy list
      isthmus policy list --json
    """
    from isthmus.local.project import project_root
    from isthmus.policy import bundle

    rules = bundle.load(project_root() / "policy").rules
    if json:
        print_json([{"id": rule.id, "title": rule.title, "severity": rule.severity} for rule in rules])
        return
    print_table(("rule", "severity", "asks that"), [(rule.id, rule.severity, rule.title) for rule in rules])


@app.command()
def test(json: Annotated[bool, JSON] = False) -> None:
    """Run the rules' own tests, and look at the builtins they use. The exit code is 1 when one doesn't hold.

    \b
    Example:
      isthmus policy test
    """
    from isthmus.local.project import project_root
    from isthmus.policy import builtins, bundle, engine

    rules = bundle.load(project_root() / "policy")
    builtins.check(rules)
    results = engine.test(rules)
    failed = sorted(name for name, held in results.items() if not held)
    if json:
        print_json({"tests": len(results), "failed": failed})
    else:
        typer.echo("\n".join([*(f"failed: {name}" for name in failed), f"{len(results)} tests, {len(failed)} failed"]))
    if failed:
        raise typer.Exit(1)


@app.command()
def judge(
    plan: Annotated[Path, typer.Argument(help="A plan or a state, as `terraform show -json` writes it.")],
    variables: Annotated[
        list[str] | None,
        typer.Option("--var", help="NAME=VALUE, where the document is a state: cost_profile, environment, prefix."),
    ] = None,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Judge a plan, or the state after its apply, by every rule. The exit code is 1 when one fails.

    \b
    Example:
      isthmus policy judge plan.json
      isthmus policy judge state.json --var cost_profile=minimal --var environment=dev
    """
    from isthmus.core.errors import ConfigurationError
    from isthmus.local.project import project_root
    from isthmus.policy import bundle, engine, waivers

    if not plan.is_file():
        raise ConfigurationError("there is no such file", where=str(plan), fix="write it with `terraform show -json`")
    rules = bundle.load(project_root() / "policy")
    accepted = waivers.load(project_root() / "policy" / "waivers.yaml", rules.ids)
    judged = engine.judge(rules, plan.read_bytes(), accepted, _values(variables or ()))
    if json:
        print_json({"verdict": judged.verdict, "findings": judged.findings, "checked": judged.checked})
    else:
        _print(judged)
    if judged.verdict == "fail":
        raise typer.Exit(1)


def _values(pairs: Sequence[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not name or not equals:
            raise typer.BadParameter(f"{pair!r} is not NAME=VALUE")
        values[name] = {"true": True, "false": False}.get(value, value)
    return values


def _print(judged: Judgement) -> None:
    for finding in judged.findings:
        waived = " (waived)" if finding.waived else ""
        typer.echo(f"{finding.verdict}{waived}: {finding.rule}: {finding.address} {finding.message}")
    looked = sum(len(addresses) for addresses in judged.checked.values())
    typer.echo(
        f"{judged.verdict}: {looked} verdicts of {len(judged.checked)} rules, "
        f"{len(judged.of('fail'))} failed, {len(judged.of('unknown'))} unknown"
    )
