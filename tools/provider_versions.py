"""Says which published provider bindings are newer than those that the shipped schemas were made from; exits 1 then.

    python tools/provider_versions.py

Asks npm, which must be there, for two versions. What to do then is in tools/generate_schemas.py.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).with_name("generate_schemas.py")
PACKAGES = {"@cdktn/provider-aws": r"provider-aws@([\d.]+\d)", "@cdktn/provider-google": r"provider-google==([\d.]+\d)"}
"""The bindings, and how the tool that reads them names the version that it read."""


def shipped() -> dict[str, str]:
    """The version of each binding that the schemas were made from."""
    text = SOURCE.read_text("utf-8")
    found = {name: re.search(pattern, text) for name, pattern in PACKAGES.items()}
    return {name: match[1] for name, match in found.items() if match}


def newest(name: str, npm: str) -> str:
    """The newest published version of a package."""
    made = subprocess.run([npm, "view", name, "version"], capture_output=True, text=True, timeout=120)
    if made.returncode or not re.fullmatch(r"\d+\.\d+\.\d+\s*", made.stdout):
        raise SystemExit(f"npm view {name} ended with {made.returncode}: {(made.stderr or made.stdout).strip()[-300:]}")
    return made.stdout.strip()


def main(arguments: list[str] | None = None) -> int:
    """Prints a line a binding; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--npm", default="npm", help="the program to ask")
    options = parser.parse_args(arguments)
    newer = 0
    for name, version in shipped().items():
        latest = newest(name, options.npm)
        behind = _numbers(latest) > _numbers(version)
        newer += behind
        print(f"{name}: shipped {version}, newest {latest}{': make the schemas anew' if behind else ''}")
    return 1 if newer else 0


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


if __name__ == "__main__":
    sys.exit(main())
