"""Builds the Lambda packages for the architecture that Terraform names, from the wheels of requirements/functions.txt.

    .venv/bin/python tools/package_functions.py --architecture arm64 --python 3.12 build/lambda-arm64

Then `terraform apply -var package_dir=build/lambda-arm64 -var architecture=arm64`. The wheels are checked against their
hashes; the same wheels give the same bytes on every machine.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from isthmus.local import bundle

ROOT = Path(__file__).resolve().parents[1]
PLATFORMS = {"arm64": "aarch64", "x86_64": "x86_64"}
MANYLINUX = (*(f"manylinux_2_{minor}" for minor in (28, 27, 26, 17, 12)), "manylinux2014", "manylinux1")
"""Amazon Linux 2023 has glibc 2.34 (AWS Lambda runtimes, 2026-11); packages publish wheels for 2.28 at most."""


def main() -> int:
    """Fills a scratch directory with the target's distributions and bundles them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--architecture", choices=PLATFORMS, default="arm64")
    parser.add_argument("--python", default="3.12", help="the runtime's Python")
    parser.add_argument("target", type=Path, help="the directory of the zips")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as site:
        _fill(Path(site), PLATFORMS[options.architecture], options.python)
        for package in bundle.ensure(options.target, site=Path(site)):
            print(f"{package.sha256}  {package.path}")
    return 0


def _fill(site: Path, machine: str, python: str) -> None:
    platforms = [word for name in MANYLINUX for word in ("--platform", f"{name}_{machine}")]
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--no-compile",
        "--only-binary=:all:",
    ]
    wanted = ["--require-hashes", "-r", str(ROOT / "requirements" / "functions.txt")]
    subprocess.run([*command, *platforms, "--python-version", python, "--target", str(site), *wanted], check=True)


if __name__ == "__main__":
    sys.exit(main())
