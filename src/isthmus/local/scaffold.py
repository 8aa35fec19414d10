"""Writes what a handler of your own needs: its code and test, its consumer on both clouds, its type's schema."""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from isthmus.core.errors import ConfigurationError
from isthmus.functions.settings import Role
from isthmus.local.project import PACKAGED

_NAME = re.compile(r"[a-z][a-z0-9]{1,8}")
_TYPE = re.compile(r"[a-z][a-z0-9]*(\.[a-z][a-z0-9_-]*)+")
_TYPE_CHARS = 100
_TAKEN = {*get_args(Role), "aws", "canary", "edge", "events", "google", "push", "test"}
"""Names that Terraform gives to something else."""

_CODE = '''"""Handles {type}."""

from __future__ import annotations

from collections.abc import Sequence

from isthmus.functions import log
from isthmus.functions.handlers import Event


def handle(events: Sequence[Event]) -> None:
    """Gets the events of one frame, on Lambda and on Cloud Run alike.

    A frame may come more than once: doing it again must change nothing; an event's source and id together name it.
    Raise anything to get the frame again later; raise isthmus.core.errors.PoisonedFrame to make it a dead letter now.
    """
    log.write("{name}", events=len(events), first=events[0].id)
'''

_TEST = '''"""What the handler {name} does with its events."""

from __future__ import annotations

import json

import pytest

from isthmus.functions.handlers import Event
from isthmus.functions.handlers.{name} import handle


def test_a_call_is_told_with_its_events(capsys: pytest.CaptureFixture[str]) -> None:
    """One line, however many there are."""
    handle([Event(id=str(number), source="/test", type="{type}", data={{}}) for number in (1, 2)])
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert (told["message"], told["events"], told["first"]) == ("{name}", 2, "1")
'''

_CONSUMER = """# One more consumer on each cloud; README.md beside it says what else can be set.
type: {type}
"""


def new_handler(root: Path, name: str, type_: str) -> list[Path]:
    """Writes the files of a handler, or none of them; returns their paths from the project's root.

    The schema of a type that the catalogue has already is left as it is.

    Args:
        root: The project.
        name: What it is called: of its module, its functions, queues and dead letters.
        type_: The event type that it gets.

    Raises:
        ConfigurationError: A name or type that can't be one, a file that is there, or a project without its source.
    """
    _check(root, name, type_)
    files = dict(_files(root, name, type_))
    there = [str(path) for path in files if (root / path).exists()]
    if there:
        raise ConfigurationError(
            f"there is a handler {name}", where=", ".join(there), fix="take another name, or delete these files"
        )
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    return list(files)


def _check(root: Path, name: str, type_: str) -> None:
    if not _NAME.fullmatch(name):
        raise ConfigurationError(
            f"a handler can't be called {name!r}",
            fix="two to nine of a-z and 0-9, a letter first: a service account's name has 30 with the prefix",
        )
    if name in _TAKEN or keyword.iskeyword(name):
        raise ConfigurationError(f"the name {name} is taken", fix="take another one")
    if not _TYPE.fullmatch(type_) or len(type_) > _TYPE_CHARS:
        raise ConfigurationError(
            f"{type_!r} is no event type",
            where="--type",
            fix="a reversed domain name and what happened, in small letters: com.example.order.placed",
        )
    if root == PACKAGED or not (root / "src" / "isthmus" / "functions").is_dir():
        raise ConfigurationError("the project's source is not here", where=str(root), fix="run it in a clone")


def _files(root: Path, name: str, type_: str) -> Iterator[tuple[Path, str]]:
    code = Path("src") / "isthmus" / "functions" / "handlers" / f"{name}.py"
    test = Path("tests") / "unit" / "functions" / "handlers" / f"test_{name}.py"
    yield code, _CODE.format(name=name, type=type_)
    yield test, _TEST.format(name=name, type=type_)
    yield Path("terraform") / "handlers" / f"{name}.yaml", _CONSUMER.format(type=type_)
    schema = Path("catalog") / f"{type_}.schema.json"
    if not (root / schema).exists():
        yield schema, _schema(type_)


def _schema(type_: str) -> str:
    """A schema to begin with: it takes any object, and `number` is there to be replaced by what the data has."""
    words = type_.split(".")[-2:]
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:isthmus:catalog:{type_}",
        "title": " ".join(words).capitalize(),
        "description": f"What {type_} says.",
        "type": "object",
        "properties": {"number": {"type": ["integer", "null"], "description": "Replace it by what the data has."}},
        "required": [],
        "additionalProperties": True,
    }
    return json.dumps(schema, indent=2) + "\n"
