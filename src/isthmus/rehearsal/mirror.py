"""A mirror of a root module in the run directory: the same files by links, beside an override of the backend.

The state of a rehearsal is then in the run directory whatever backend the module names, and nothing is written beside
the sources. The mirror has the folders above the module too, so that relative paths lead where they lead from the
original.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

OVERRIDE = "zz_isthmus_override.tf.json"
_LEVELS_WITHOUT_REPOSITORY = 3
_ENTRIES_MAX = 2000
_OWN = frozenset({".terraform", ".terraform.lock.hcl", "terraform.tfstate", "terraform.tfstate.backup", OVERRIDE})


def mirror(root: Path, where: Path, backend: Mapping[str, object], further: Mapping[str, object] | None = None) -> Path:
    """Makes or refreshes the mirror of a root module.

    Args:
        root: The module's folder.
        where: The folder that gets the mirror.
        backend: The backend block, as `{"local": {"path": …}}`.
        further: Further content of the override file, as `{"provider": {…}}`.

    Returns:
        The mirrored root module.
    """
    root = root.resolve()
    levels = _levels(root)
    here = where.joinpath(*root.parts[len(root.parts) - levels :])
    here.mkdir(parents=True, exist_ok=True)
    source, copy = root, here
    _link_all(source, copy, leave=_OWN)
    for _ in range(levels):
        child, source, copy = source.name, source.parent, copy.parent
        # A mirror within the tree that it mirrors must not lead into itself.
        if where.is_relative_to(source):
            _link_all(source, copy, leave={child, where.relative_to(source).parts[0]})
        else:
            _link_all(source, copy, leave={child})
    override = json.dumps({"terraform": {"backend": backend}, **(further or {})})
    if not (here / OVERRIDE).is_file() or (here / OVERRIDE).read_text() != override:
        (here / OVERRIDE).write_text(override)
    return here


def _levels(root: Path) -> int:
    """How many folders above the module relative paths may lead to: all of its repository, or a few."""
    for count, folder in enumerate([root, *root.parents]):
        if (folder / ".git").exists():
            return count
    return min(_LEVELS_WITHOUT_REPOSITORY, len(root.parts) - 2)


def _link_all(source: Path, copy: Path, *, leave: frozenset[str] | set[str]) -> None:
    """Makes `copy` have a link to each entry of `source`, and no others but those to leave alone."""
    try:
        wanted = {entry.name for entry in source.iterdir()} - leave
    except OSError:
        return
    if len(wanted) > _ENTRIES_MAX:
        return
    present = {entry.name for entry in copy.iterdir()} - leave
    for name in present - wanted:
        if (copy / name).is_symlink():
            (copy / name).unlink()
    for name in wanted - present:
        (copy / name).symlink_to(source / name)
