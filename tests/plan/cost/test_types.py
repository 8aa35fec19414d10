"""Every type of resource under terraform/ has a price, a reason to be free or a reason to have no price."""

from __future__ import annotations

import re

from isthmus.cost.resources import FREE, KINDS, NOT_PRICED
from isthmus.local.project import project_root

_RESOURCE = re.compile(r'^resource "(?P<type>\w+)"', re.MULTILINE)


def test_every_type_is_priced_free_or_listed() -> None:
    files = [*project_root().glob("terraform/modules/**/*.tf"), *project_root().glob("terraform/stacks/**/*.tf")]
    types = {found["type"] for path in files for found in _RESOURCE.finditer(path.read_text("utf-8"))}
    assert len(types) > 100
    assert types <= KINDS.keys() | FREE.keys() | NOT_PRICED.keys()
    assert all(reason for reason in (*FREE.values(), *NOT_PRICED.values()))
