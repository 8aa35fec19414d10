"""Writes what a wheel is made of as a CycloneDX 1.6 document: itself, and every package that it needs, with hashes.

    python tools/sbom.py dist/isthmus-0.1.0-py3-none-any.whl > dist/sbom.cdx.json

What needs what is asked of the packages that are installed here; versions and hashes are those of the lock file.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import uuid
import zipfile
from collections.abc import Iterable
from email import message_from_bytes
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "dev.txt"
_PACKAGE = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)(?P<rest>(?:.*\\\n)*.*)$", re.MULTILINE
)


def locked(lock: str) -> dict[str, dict[str, Any]]:
    """Every package of a lock file as a component, by its name."""
    return {canonicalize_name(found["name"]): _component(found) for found in _PACKAGE.finditer(lock)}


def _component(found: re.Match[str]) -> dict[str, Any]:
    name, version = canonicalize_name(found["name"]), found["version"]
    hashes = [{"alg": "SHA-256", "content": each} for each in re.findall(r"sha256:([0-9a-f]{64})", found["rest"])]
    # A package has a hash for each of its files; a reference takes them as what it may be distributed as.
    reference = {"type": "distribution", "url": f"https://pypi.org/project/{name}/{version}/", "hashes": hashes}
    purl = f"pkg:pypi/{name}@{version}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
        "externalReferences": [reference],
    }


def needs(required: Iterable[str], extras: Iterable[str] = ()) -> dict[str, set[str]]:
    """The packages that requirements name here, each with its extras."""
    found: dict[str, set[str]] = {}
    environments = [{"extra": extra} for extra in extras] or [{"extra": ""}]
    for text in required:
        requirement = Requirement(text)
        if requirement.marker is None or any(requirement.marker.evaluate(each) for each in environments):
            found.setdefault(canonicalize_name(requirement.name), set()).update(requirement.extras)
    return found


def graph(direct: dict[str, set[str]]) -> dict[str, list[str]]:
    """What is needed, from the direct packages on: each with what it needs itself."""
    found: dict[str, list[str]] = {}
    waiting = dict(direct)
    while waiting:
        name, extras = waiting.popitem()
        if name not in found:
            further = needs(metadata.requires(name) or (), extras)
            found[name] = sorted(further)
            waiting |= {each: more for each, more in further.items() if each not in found}
    return found


def document(wheel: Path, lock: str) -> dict[str, Any]:
    """The whole document; the same wheel and lock give the same bytes."""
    name, version = wheel.name.split("-")[:2]
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    with zipfile.ZipFile(wheel) as archive:
        (entry,) = (each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        direct = needs(message_from_bytes(archive.read(entry)).get_all("Requires-Dist") or ())
    known, edges, own = locked(lock), graph(direct), f"pkg:pypi/{name}@{version}"
    missing = sorted(set(edges) - set(known))
    if missing:
        raise SystemExit(f"{LOCK.relative_to(ROOT)} has no {', '.join(missing)}; run tools/lock.sh")
    edges = {own: sorted(direct), **dict(sorted(edges.items()))}
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
        "components": [known[each] for each in edges if each != own],
        "dependencies": [
            {
                "ref": known[each]["bom-ref"] if each in known else each,
                "dependsOn": [known[one]["bom-ref"] for one in to],
            }
            for each, to in edges.items()
        ],
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
