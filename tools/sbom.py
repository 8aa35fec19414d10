"""Writes what a wheel is made of as a CycloneDX 1.6 document: itself, and every package of the lock file, with hashes.

python tools/sbom.py dist/isthmus-0.1.0-py3-none-any.whl > dist/sbom.cdx.json
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "dev.txt"
_PACKAGE = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)(?P<rest>(?:.*\\\n)*.*)$", re.MULTILINE
)


def components(lock: str) -> Iterator[dict[str, Any]]:
    """Every package of a lock file."""
    for found in _PACKAGE.finditer(lock):
        name = re.sub(r"[-_.]+", "-", found["name"]).lower()
        purl = f"pkg:pypi/{name}@{found['version']}"
        hashes = [{"alg": "SHA-256", "content": each} for each in re.findall(r"sha256:([0-9a-f]{64})", found["rest"])]
        # A package has a hash for each of its files; the reference takes them as what it may be distributed as.
        reference = {
            "type": "distribution",
            "url": f"https://pypi.org/project/{name}/{found['version']}/",
            "hashes": hashes,
        }
        yield {
            "type": "library",
            "bom-ref": purl,
            "name": name,
            "version": found["version"],
            "purl": purl,
            "externalReferences": [reference],
        }


def document(wheel: Path, lock: str) -> dict[str, Any]:
    """The whole document; the same wheel and lock give the same bytes."""
    name, version = wheel.name.split("-")[:2]
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    parts, own = list(components(lock)), f"pkg:pypi/{name}@{version}"
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, digest + lock)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": name,
                "version": version,
                "purl": own,
                "hashes": [{"alg": "SHA-256", "content": digest}],
            }
        },
        "components": parts,
        "dependencies": [{"ref": own, "dependsOn": [part["bom-ref"] for part in parts]}],
    }


def main(arguments: list[str]) -> int:
    """Writes the document; returns the exit code."""
    if len(arguments) != 1 or not arguments[0].endswith(".whl"):
        print("usage: python tools/sbom.py WHEEL", file=sys.stderr)
        return 2
    print(json.dumps(document(Path(arguments[0]), LOCK.read_text("utf-8")), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
