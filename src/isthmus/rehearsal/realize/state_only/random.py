"""The provider random: values that are drawn once and kept."""

from __future__ import annotations

import base64
import random
import secrets
import string
import uuid
from typing import Any

from isthmus.rehearsal.convert.values import UNKNOWN
from isthmus.rehearsal.realize.base import Realizer, State
from isthmus.rehearsal.realize.state_only.kept import Kept

_SPECIAL = "!@#$%&*()-_=+[]{}<>:?"
_ADVERBS = ("barely", "calmly", "easily", "fully", "gladly", "hardly", "mainly", "nearly", "openly", "partly")
_ADJECTIVES = ("brave", "calm", "eager", "fair", "gentle", "humble", "keen", "lively", "proud", "quick", "wise", "warm")
_ANIMALS = (
    "badger",
    "crane",
    "dolphin",
    "falcon",
    "gecko",
    "heron",
    "ibex",
    "lynx",
    "marten",
    "otter",
    "panda",
    "wren",
)
_BCRYPT_ALPHABET = "./" + string.ascii_letters + string.digits


def identity(planned: State) -> State:
    """`random_id`: some bytes in four notations, each with the prefix."""
    drawn = secrets.token_bytes(int(planned["byte_length"]))
    bare = base64.urlsafe_b64encode(drawn).decode().rstrip("=")
    prefix = planned.get("prefix") or ""
    return {
        "id": bare,
        "b64_url": prefix + bare,
        "b64_std": prefix + base64.b64encode(drawn).decode(),
        "hex": prefix + drawn.hex(),
        "dec": prefix + str(int.from_bytes(drawn, "big")),
    }


def raw(planned: State) -> State:
    """`random_bytes`."""
    drawn = secrets.token_bytes(int(planned["length"]))
    return {"base64": base64.b64encode(drawn).decode(), "hex": drawn.hex()}


def integer(planned: State) -> State:
    """`random_integer`, both bounds included."""
    drawn = _source(planned).randint(int(planned["min"]), int(planned["max"]))
    return {"id": str(drawn), "result": drawn}


def pet(planned: State) -> State:
    """`random_pet`: adverbs, an adjective and an animal, as many words as asked for."""
    length = int(planned["length"])
    words = [secrets.choice(_ADVERBS) for _ in range(length - 2)]
    words += [secrets.choice(_ADJECTIVES)] * (length > 1) + [secrets.choice(_ANIMALS)]
    prefix = [planned["prefix"]] if planned.get("prefix") else []
    return {"id": planned["separator"].join([*prefix, *words])}


def shuffle(planned: State) -> State:
    """`random_shuffle`: as many elements as asked for, going round again when there are fewer."""
    source, elements = _source(planned), planned["input"]
    count = planned.get("result_count")
    wanted = len(elements) if count is None or count is UNKNOWN else int(count)
    result: list[Any] = []
    while elements and len(result) < wanted:
        result += source.sample(elements, len(elements))
    return {"id": "-", "result": result[:wanted]}


def unique(planned: State) -> State:
    """`random_uuid`."""
    drawn = str(uuid.uuid4())
    return {"id": drawn, "result": drawn}


def text(planned: State) -> State:
    """`random_string`, which is its own id."""
    drawn = _text(planned)
    return {"id": drawn, "result": drawn}


def password(planned: State) -> State:
    """`random_password`."""
    digest = "".join(secrets.choice(_BCRYPT_ALPHABET) for _ in range(53))
    return {"id": "none", "result": _text(planned), "bcrypt_hash": f"$2a$10${digest}"}


def _text(planned: State) -> str:
    special = planned.get("override_special") or _SPECIAL
    alphabets = {
        "upper": string.ascii_uppercase,
        "lower": string.ascii_lowercase,
        "numeric": string.digits,
        "special": special,
    }
    drawn = [
        secrets.choice(alphabet)
        for name, alphabet in alphabets.items()
        for _ in range(int(planned.get(f"min_{name}") or 0))
    ]
    allowed = "".join(alphabet for name, alphabet in alphabets.items() if planned.get(name) is not False)
    drawn += [secrets.choice(allowed) for _ in range(int(planned["length"]) - len(drawn))]
    secrets.SystemRandom().shuffle(drawn)
    return "".join(drawn)


def _source(planned: State) -> random.Random:
    # A seed is there to get the same again.
    return random.Random(planned["seed"]) if planned.get("seed") else secrets.SystemRandom()  # noqa: S311


REALIZERS: dict[str, Realizer] = {
    "random_bytes": Kept(raw),
    "random_id": Kept(identity),
    "random_integer": Kept(integer),
    "random_password": Kept(password),
    "random_pet": Kept(pet),
    "random_shuffle": Kept(shuffle),
    "random_string": Kept(text),
    "random_uuid": Kept(unique),
}
