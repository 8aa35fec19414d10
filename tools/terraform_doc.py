"""Writes docs/terraform.md from the Terraform itself: stacks with their resources and outputs, modules on both clouds.

python tools/terraform_doc.py [--check]
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import generated
from terraform_readme import TERRAFORM, named, outputs_table, resources

DOC = TERRAFORM.parent / "docs" / "terraform.md"
LAYERS = {
    "bootstrap": "once, by an administrator: where states are kept, and who CI is",
    "foundation": "what everything stands on: keys, boundary, network, records of access, budget",
    "platform": "the event path: messaging, ingest, bridge, archive, replication, analytics, alarms",
    "edge": "how senders find an ingest: DNS failover, certificates, synthetic checks",
}


def render() -> str:
    """The whole page."""
    parts = [_HEAD, _modules()]
    for layer, says in LAYERS.items():
        parts.append(f"## {layer}\n\n{says[0].upper()}{says[1:]}.\n")
        parts += [_stack(layer, cloud) for cloud in ("aws", "gcp")]
    return "\n".join(parts)


_HEAD = """# Terraform

Made by `python tools/terraform_doc.py` from the Terraform; a test checks it. How to apply it:
[terraform/README.md](../terraform/README.md). What a cost profile sets, and what each flag switches:
[terraform/environments](../terraform/environments/README.md).
"""


def _modules() -> str:
    names = sorted({path.name for cloud in ("aws", "gcp") for path in (TERRAFORM / "modules" / cloud).iterdir()})
    rows = [f"| `{name}` | {_module('aws', name)} | {_module('gcp', name)} |" for name in names]
    return "\n".join(["## Modules\n", "| module | AWS | Google Cloud |", "| --- | --- | --- |", *rows, ""])


def _module(cloud: str, name: str) -> str:
    folder = TERRAFORM / "modules" / cloud / name
    if not folder.is_dir():
        return ""
    kinds = Counter(kind.split("_", 1)[1] for kind, _, _ in resources(folder))
    made = ", ".join(f"{kind} × {count}" if count > 1 else kind for kind, count in sorted(kinds.items()))
    return f"[{made or 'figures only'}](../terraform/modules/{cloud}/{name}/README.md)"


def _stack(layer: str, cloud: str) -> str:
    folder = TERRAFORM / "stacks" / layer / cloud
    modules = ", ".join(f"`{name}`" for name in sorted(named(folder, "module")))
    own = Counter(kind for kind, _, _ in resources(folder))
    made = ", ".join(f"`{kind}`" for kind in sorted(own)) or "none"
    return f"### {layer}/{cloud}\n\nModules: {modules}. Resources of its own: {made}.\n\n{outputs_table(folder)}"


def main(arguments: list[str]) -> int:
    """Writes the page, or checks it; returns the exit code."""
    return generated.write(DOC, render(), arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
