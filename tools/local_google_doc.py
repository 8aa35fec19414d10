"""Writes docs/local-google.md from tests/contract/google/features.toml, and checks that its tests are there.

python tools/local_google_doc.py [--check]
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
TESTS = ROOT / "tests" / "contract" / "google"
DOCUMENT = ROOT / "docs" / "local-google.md"
STATES = ("works", "partial", "missing")
HEAD = """# The local Google Cloud

Written by `python tools/local_google_doc.py` from `tests/contract/google/features.toml`, where each row names the tests
that show it. They speak to it by Google's own clients.

```sh
isthmus google --project my-project              # says its ports in one line of JSON; Ctrl-C ends it
isthmus google --auth user:me@example.com        # IAM policies are enforced; me may do everything
```

```python
from isthmus.local.google import LocalGoogle

with LocalGoogle(project="my-project") as google:  # sets PUBSUB_EMULATOR_HOST and STORAGE_EMULATOR_HOST
    google.advance(86400)  # a day later: lifecycle, retention, rotation and deadlines have happened
```

- **Who calls**, with `--auth`: the bearer token is a member as policies write it (`user:…`, `serviceAccount:…`), an
  e-mail address, or a token that the server gave for a key file of a service account (`/token`). No token is nobody.
- **The clock** of a server can be moved forward: `POST /_isthmus/clock` with `{"advance_seconds": 86400}`.
- **Failures on demand** for Cloud Storage are those of Google's conformance tests: `POST /retry_test`, and the header
  `x-retry-test-id`.
- **The real Google provider** of Terraform applies the project's own messaging, storage and keys to it, plans nothing
  more, and destroys them: `tests/plan/rehearsal/test_real_google_apply.py`, where that provider can be had.
- Whatever is not here is refused by name (501, or UNIMPLEMENTED), never dropped.
"""


def main(words: Sequence[str]) -> int:
    """Writes the page, or says whether it is as it should be."""
    features = tomllib.loads((TESTS / "features.toml").read_text("utf-8"))["feature"]
    problems = [problem for feature in features for problem in _problems(feature)]
    text = _page(features)
    if "--check" in words:
        if DOCUMENT.read_text("utf-8") != text:
            problems.append("docs/local-google.md is old: run python tools/local_google_doc.py")
    elif not problems:
        DOCUMENT.write_text(text, "utf-8")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def _problems(feature: dict[str, Any]) -> list[str]:
    name, state = feature["name"], feature["state"]
    found = [f"{name}: the test {test} is not there" for test in feature["tests"] if not _is_there(test)]
    if state not in STATES or not feature["tests"]:
        found.append(f"{name}: the state is one of {', '.join(STATES)}, and a test shows it")
    if (state == "partial") != ("note" in feature):
        found.append(f"{name}: a note says what is not there where it is partial, and nowhere else")
    return found


def _is_there(test: str) -> bool:
    file, _, function = test.partition("::")
    path = TESTS / f"test_{file}.py"
    if not path.exists():
        return False
    body = ast.parse(path.read_text("utf-8")).body
    return any(isinstance(node, ast.FunctionDef) and node.name == f"test_{function}" for node in body)


def _page(features: list[dict[str, Any]]) -> str:
    parts = [HEAD]
    for service, rows in groupby(features, key=lambda feature: feature["service"]):
        parts.append(f"\n## {service[0].upper()}{service[1:]}\n\n| what | | shown by |\n|---|---|---|\n")
        parts += [_row(row) for row in rows]
    return "".join(parts)


def _row(row: dict[str, Any]) -> str:
    state = row["state"] + (f": {row['note']}" if "note" in row else "")
    shown = ", ".join(f"`{test.partition('::')[2]}`" for test in row["tests"])
    return f"| {row['name']} | {state} | {shown} |\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
