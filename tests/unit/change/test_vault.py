"""Saved plans hold secrets: only their owner reads them, and they leave the machine sealed or not at all."""

from __future__ import annotations

import base64
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from isthmus.change import approvals, saved, vault
from isthmus.change.apply import apply
from isthmus.change.plans import Target
from isthmus.change.saved import Desk
from isthmus.change.vault import Vault
from isthmus.core.errors import ConfigurationError, Refused

KEY, OTHER = b"k" * 32, b"o" * 32
TARGET = Target("dev", "platform/aws")


def test_only_the_owner_reads_a_file(tmp_path: Path) -> None:
    """Nor enters the folder; also when the file was there before."""
    kept = Vault(tmp_path / "changes")
    for _ in range(2):
        path = kept.put("a.change", b"secret")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert kept.get("a.change") == b"secret"


def test_a_sealed_file_shows_nothing_and_opens_with_its_key_under_its_name(tmp_path: Path) -> None:
    """Two seals of the same are different."""
    kept = Vault(tmp_path, KEY)
    path = kept.put("a.change", b"secret")
    first = path.read_bytes()
    assert b"secret" not in first
    assert kept.put("a.change", b"secret").read_bytes() != first
    assert kept.get("a.change") == b"secret"
    path.rename(tmp_path / "b.change")
    with pytest.raises(Refused, match="changed, or sealed under another key"):
        kept.get("b.change")


@pytest.mark.parametrize("place", [0, 5, 20, -1])
def test_a_sealed_file_that_was_changed_is_refused(tmp_path: Path, place: int) -> None:
    """One bit, wherever it is; or cut short."""
    kept = Vault(tmp_path, KEY)
    path = kept.put("a.change", b"secret")
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(Refused):
        kept.get("a.change")
    path.write_bytes(content[:20])
    with pytest.raises(Refused):
        kept.get("a.change")


@pytest.mark.parametrize(("wrote", "reads"), [(KEY, OTHER), (KEY, b""), (b"", KEY)])
def test_another_key_and_none_are_refused(tmp_path: Path, wrote: bytes, reads: bytes) -> None:
    """What isn't sealed is no plan for who has a key: anybody could have written it."""
    Vault(tmp_path, wrote).put("a.change", b"secret")
    with pytest.raises(Refused):
        Vault(tmp_path, reads).get("a.change")


@pytest.mark.parametrize("text", ["short", base64.b64encode(b"k" * 16).decode(), "k" * 44 + "!"])
def test_a_key_that_is_none_is_told(text: str) -> None:
    """With how to make one."""
    with pytest.raises(ConfigurationError, match="openssl rand"):
        vault.key_of({vault.KEY: text})
    assert vault.key_of({}) == b""
    assert vault.key_of({vault.KEY: base64.b64encode(KEY).decode()}) == KEY


def test_a_saved_plan_leaves_the_machine_sealed_or_not_at_all(desk: Desk, stage: Any, tmp_path: Path) -> None:
    """One job plans, another approves and applies, with the same key."""
    digest = saved.make(desk, TARGET).digest
    with pytest.raises(Refused, match="no key"):
        saved.export(desk, [digest], tmp_path / "out")
    first = replace(desk, vault=Vault(tmp_path / "first", KEY))
    digest = saved.make(first, TARGET).digest
    saved.export(first, [digest], tmp_path / "out")
    assert b"aws_sqs_queue" not in b"".join(path.read_bytes() for path in (tmp_path / "out").iterdir())
    second = replace(desk, vault=Vault(tmp_path / "second", KEY))
    saved.take_in(second, tmp_path / "out", digest)
    approvals.approve(second, digest, "somebody", 1)
    apply(second, digest)
    assert len(stage.applied) == 1


@pytest.mark.parametrize("written", [b"", b"garbage", b"isthmus open"])
def test_a_file_that_is_not_whole_is_refused_and_says_so(tmp_path: Path, written: bytes) -> None:
    """Without a key, too: no key would help."""
    (tmp_path / "a").write_bytes(written)
    with pytest.raises(Refused, match="changed, or is not whole"):
        Vault(tmp_path).get("a")
