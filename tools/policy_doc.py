"""Writes docs/policies.md from the rules' metadata and the waivers.

python tools/policy_doc.py [--check]
"""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from isthmus.policy import bundle, waivers
from isthmus.policy.bundle import Bundle, Rule
from isthmus.policy.waivers import Waivers

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs" / "policies.md"
HEAD = """# Policies

Written by `python tools/policy_doc.py` from the rules' metadata in `policy/`.

Every plan is judged by {count} rules in Rego before anybody applies it, and the state again after the apply. A verdict
is **pass**, **fail**, or **unknown**: what is known only after the apply is followed through the configuration's
references to what it comes from, and where nothing proves it nobody calls it a pass.

```sh
isthmus check --step policy                 # every stack in every environment
isthmus policy judge plan.json              # one plan, as `terraform show -json` writes it
isthmus policy judge state.json --var cost_profile=minimal --var environment=dev
isthmus policy test                         # the rules' own tests
```

The same files run in [conftest](https://www.conftest.dev) and [OPA](https://www.openpolicyagent.org), with the same
findings; a test compares them where they are installed:

```sh
conftest test --policy policy --data policy/waivers.yaml plan.json
opa eval --data policy --input plan.json data.main.findings
```

## A new rule

A folder `policy/DOMAIN/RULE/` holds `RULE.rego`, package `isthmus.DOMAIN.RULE`, with its metadata and three sets:
`checked` (addresses that it looked at), `fail` and `unknown` (`{{"address", "message"}}`); and `RULE_test.rego` with a
plan that passes (`good`), one that fails (`bad`) and, where it can be, one that can't be told (`doubtful`).

- Read resources with `plan.of_type`, values with `values.value`, and ask `values.is_known` first.
- The engine inside ends with an error where OPA says undefined: give no builtin a null. `values.list` is never null.
- Don't put an undefined rule into a call under `not`: the engines don't agree on it. Give the rule a default.
- No recursion, no `walk` over the input, no sets of resources: `lib/plan.rego` says why.
- Builtins are those that both engines are known to agree on, listed in `src/isthmus/policy/builtins.py`.
"""


def render() -> str:
    """The document."""
    rules = bundle.load(ROOT / "policy")
    parts = [HEAD.format(count=len(rules.rules))]
    for domain, found in groupby(rules.rules, key=lambda rule: rule.id.split(".")[0]):
        parts += [f"## {domain.capitalize()}\n", *(_rule(rule) for rule in found)]
    return "\n".join([*parts, *_waivers(rules)])


def _rule(rule: Rule) -> str:
    return f"### `{rule.id}`\n\n**{rule.title}** ({rule.severity})\n\n{rule.description}\n\nTo do: {rule.remedy}\n"


def _waivers(rules: Bundle) -> list[str]:
    found: Waivers = waivers.load(ROOT / "policy" / "waivers.yaml", rules.ids)
    rows = [f"| `{one.rule}` | `{one.address}` | {one.owner} | {one.reason} | {one.until} |" for one in found.items]
    head = "## Waivers\n\n`policy/waivers.yaml`; one that has ended fails the check.\n"
    return [head, "| rule | address | owner | reason | until |", "|---|---|---|---|---|", *rows, ""]


if __name__ == "__main__":
    text = render()
    if "--check" in sys.argv:
        if not DOCUMENT.exists() or DOCUMENT.read_text("utf-8") != text:
            raise SystemExit(f"{DOCUMENT.name} is not up to date: run `python tools/policy_doc.py`")
    else:
        DOCUMENT.write_text(text, "utf-8")
