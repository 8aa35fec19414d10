"""The report of a game day as one page that needs nothing else: no script, no network."""

from __future__ import annotations

from html import escape
from importlib.resources import files

from isthmus.gamedays.criteria import MEASURES, shown
from isthmus.gamedays.evidence import Evidence, Judged, Report, Step
from isthmus.gamedays.plot import MARKS, timeline

_HEADLINES = ("publisher_rto", "recovery", "rpo", "whole", "error_budget", "failed_sends", "lost", "duplicated")
_LEGEND = (
    ("aws", "taken by AWS, waiting on AWS"),
    ("gcp", "taken by Google, waiting on Google"),
    ("err", "requests made again"),
    ("dead", "dead letters"),
    ("spool", "on the producer's disk"),
    ("fault", "fault"),
)
_SAYS = {
    "failover": "a batch goes to the other cloud",
    "out": "cloud left alone",
    "back": "cloud used again",
    "spool": "spool",
}


def render(report: Report) -> str:
    """The page."""
    style = (files("isthmus.gamedays") / "page.css").read_text("utf-8")
    body = "".join(_section(one) for one in report.scenarios)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Isthmus game day, {escape(report.started[:16])}</title><style>{style}</style></head><body>"
        f"<header>{_header(report)}</header><main>{_overview(report)}{_legend()}{body}{_measures()}</main></body></html>\n"
    )


def _header(report: Report) -> str:
    passed = sum(one.passed for one in report.scenarios)
    count = len(report.scenarios)
    says = "every criterion holds" if report.passed else f"{count - passed} of {count} failed"
    started = escape(report.started[:16].replace("T", " "))
    return (
        f'<div><p class="eyebrow">Isthmus · game day</p><h1>{passed} of {count} scenarios passed</h1>'
        f'<p class="muted">{started} UTC · version {escape(report.version)} · {escape(report.platform)}</p></div>'
        f"{_verdict(report.passed, says)}"
    )


def _verdict(passed: bool, text: str) -> str:
    return f'<span class="pill {"pass" if passed else "fail"}">{"✓" if passed else "✕"} {escape(text)}</span>'


def _overview(report: Report) -> str:
    head = "".join(f'<th class="num">{escape(MEASURES[name].title)}</th>' for name in _HEADLINES)
    rows = "".join(_row(one) for one in report.scenarios)
    top = f"<thead><tr><th>Scenario</th><th></th>{head}</tr></thead>"
    return f'<div class="scroll"><table>{top}<tbody>{rows}</tbody></table></div>'


def _row(one: Evidence) -> str:
    cells = "".join(
        f'<td class="num">{escape(_value(one.measured.get(name), MEASURES[name].unit))}</td>' for name in _HEADLINES
    )
    mark = '<span class="ok">✓</span>' if one.passed else '<span class="bad">✕</span>'
    return f'<tr><td><a href="#{escape(one.scenario)}">{escape(one.title)}</a></td><td>{mark}</td>{cells}</tr>'


def _value(value: float | None, unit: str) -> str:
    return "–" if value is None else shown(value, unit)


def _legend() -> str:
    keys = "".join(f'<li><i class="{kind}"></i>{escape(text)}</li>' for kind, text in _LEGEND)
    marks = "".join(f"<li><b>{MARKS[kind]}</b>{escape(text)}</li>" for kind, text in _SAYS.items())
    return f'<ul class="legend">{keys}{marks}</ul>'


def _section(one: Evidence) -> str:
    verdict = _verdict(one.passed, "passed" if one.passed else "failed")
    problem = f'<p class="problem">{escape(one.problem)}</p>' if one.problem else ""
    criteria = "".join(_criterion(judged) for judged in one.criteria)
    steps = "".join(_step(step) for step in one.steps)
    return (
        f'<section id="{escape(one.scenario)}"><div class="head"><div><h2>{escape(one.title)}</h2>'
        f'<p class="muted">{escape(one.scenario)} · {one.seconds:g} s · {escape(one.status)}</p></div>{verdict}</div>'
        f"<p>{escape(one.description)}</p>{problem}"
        f'<ul class="criteria">{criteria}</ul><figure>{timeline(one)}</figure>'
        f"<details><summary>What was done</summary><ol>{steps}</ol>"
        f'<p class="muted">When it happens in earnest: {escape(one.runbook)}</p></details></section>'
    )


def _criterion(one: Judged) -> str:
    value, limit = escape(shown(one.measured, one.unit)), escape(_limit(one.text))
    label = f'<span class="label">{escape(one.title)}</span><strong>{value}</strong>'
    return f'<li class="{"pass" if one.passed else "fail"}">{label}<span class="muted">{limit}</span></li>'


def _limit(text: str) -> str:
    sign, _, rest = text.partition(" ")[2].partition(" ")
    return f"{ {'<=': 'at most', '>=': 'at least', '=': 'exactly'}.get(sign, sign) } {rest}"


def _step(step: Step) -> str:
    kind, said = ' class="bad"' if step.failed else "", f'<span class="muted">{escape(step.output)}</span>'
    return f"<li{kind}><time>{step.at:.1f} s</time> {escape(step.name)} {said}</li>"


def _measures() -> str:
    rows = "".join(
        f"<dt>{escape(one.title)} <span class='muted'>({escape(one.unit)})</span></dt><dd>{escape(one.says)}</dd>"
        for one in MEASURES.values()
    )
    return f'<section class="glossary"><h2>What is measured</h2><dl>{rows}</dl></section>'
