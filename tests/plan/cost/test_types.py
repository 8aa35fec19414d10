"""Every type of resource under terraform/ has a price, a reason to be free or a reason to have no price."""

from __future__ import annotations

import re

from isthmus.cost.plan import NO_CLOUD
from isthmus.cost.resources import FREE, KINDS, NOT_PRICED
from isthmus.cost.resources.sources import PAGES, source_of
from isthmus.local.project import project_root

_RESOURCE = re.compile(r'^resource "(?P<type>\w+)"', re.MULTILINE)


def test_every_type_is_priced_free_or_listed() -> None:
    files = [*project_root().glob("terraform/modules/**/*.tf"), *project_root().glob("terraform/stacks/**/*.tf")]
    types = {found["type"] for path in files for found in _RESOURCE.finditer(path.read_text("utf-8"))}
    assert len(types) > 100
    types = {name for name in types if not name.startswith(NO_CLOUD)}
    assert types <= KINDS.keys() | FREE.keys() | NOT_PRICED.keys()
    assert all(reason for reason in (*FREE.values(), *NOT_PRICED.values()))


def test_every_free_type_has_a_source_and_no_source_is_left_over() -> None:
    assert FREE.keys() >= PAGES.keys()
    assert all(source_of(name).where and source_of(name).date for name in FREE)
