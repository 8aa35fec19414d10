"""Answers to DNS questions from a zone, as an authority gives them: RFC 1034, 2308, 4343, 4592 and 8482."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from dnslib import CLASS, QTYPE, RCODE, RD, RR, DNSLabel

from isthmus.local.dns import messages
from isthmus.local.dns.steering import Health, Steered, pick, shares
from isthmus.local.dns.zones import RecordSet, Zone

NAMES_FOLLOWED = 8
"""How many CNAMEs of the zone one answer follows."""
ANY_HINFO = b"\x07RFC8482\x00"
"""What a question for everything gets: one small answer (RFC 8482)."""
ANY_TTL = 3600


@dataclass(frozen=True)
class Reply:
    """A whole answer.

    Attributes:
        wire: What is sent.
        given: The values of each steered record in it, by name.
    """

    wire: bytes
    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Found:
    answers: list[RR]
    negative: bool = False
    rcode: int = RCODE.NOERROR


class Zonal:
    """A zone made ready for looking up.

    Args:
        zone: The zone.
        draw: A number from 0 up to 1 for each choice between answers.
    """

    def __init__(self, zone: Zone, draw: Callable[[], float] = random.random) -> None:
        self.zone = zone
        self._draw = draw
        self._sets: dict[str, dict[str, RecordSet | Steered]] = {}
        held: list[RecordSet | Steered] = [*zone.records, *zone.steered]
        for one in held:
            self._sets.setdefault(one.name, {})[one.kind] = one
        # Every name between a record and the origin exists, even with nothing at it.
        self._nodes = {node for name in self._sets for node in _upwards(name, zone.origin)}
        (self._soa,) = (one for one in zone.records if one.kind == "SOA")

    def answer(self, asked: messages.Asked, health: Health, *, udp: bool) -> Reply:
        """The answer to a question about this zone; REFUSED for one about another."""
        if asked.rcode:
            return Reply(messages.write(asked, [], [], asked.rcode, udp=udp, aa=False))
        name = _text(asked.record.q.qname)
        if not _within(name, self.zone.origin):
            return Reply(messages.write(asked, [], [], RCODE.REFUSED, udp=udp, aa=False))
        given: dict[str, tuple[str, ...]] = {}
        found = self._follow(asked.record.q.qname, asked.record.q.qtype, health, given)
        authority = [self._negative()] if found.negative else []
        return Reply(messages.write(asked, found.answers, authority, found.rcode, udp=udp), given)

    def _follow(self, owner: DNSLabel, kind: int, health: Health, given: dict[str, tuple[str, ...]]) -> _Found:
        """The records at a name and at what it is another name for."""
        answers: list[RR] = []
        for _ in range(NAMES_FOLLOWED):
            found = self._at(_text(owner))
            if found is None:
                return _Found(answers, negative=True, rcode=RCODE.NXDOMAIN)
            if kind == QTYPE.ANY:
                return _Found([RR(owner, QTYPE.HINFO, CLASS.IN, ANY_TTL, RD(ANY_HINFO))])
            alias = found.get("CNAME") if kind != QTYPE.CNAME else None
            wanted = alias or found.get(QTYPE.get(kind))
            if wanted is None:
                return _Found(answers, negative=True)
            answers += self._records(owner, wanted, health, given)
            if alias is None or not _within(_text(answers[-1].rdata.label), self.zone.origin):
                break
            owner = answers[-1].rdata.label
        return _Found(answers)

    def _at(self, name: str) -> Mapping[str, RecordSet | Steered] | None:
        """What is at a name, a wildcard's where nothing else is; None where the name doesn't exist."""
        if name in self._nodes:
            return self._sets.get(name, {})
        for encloser in _upwards(name, self.zone.origin):
            if encloser in self._nodes:
                return self._sets.get(f"*.{encloser}")
        return None

    def _records(
        self, owner: DNSLabel, found: RecordSet | Steered, health: Health, given: dict[str, tuple[str, ...]]
    ) -> list[RR]:
        values = found.values if isinstance(found, RecordSet) else pick(shares(found, health), self._draw()).values
        if isinstance(found, Steered):
            given[found.name] = values
        kind = QTYPE.reverse[found.kind]
        return [RR(owner, kind, CLASS.IN, found.ttl, _rdata(found.kind, value)) for value in values]

    def _negative(self) -> RR:
        """The SOA of a negative answer, kept no longer than its last field says (RFC 2308)."""
        kept = min(self._soa.ttl, int(self._soa.values[0].split()[-1]))
        return RR(self.zone.origin, QTYPE.SOA, CLASS.IN, kept, _rdata("SOA", self._soa.values[0]))


def failure(asked: messages.Asked, rcode: int, *, udp: bool) -> bytes:
    """The answer of an authority that can't answer, as SERVFAIL or REFUSED."""
    return messages.write(asked, [], [], rcode, udp=udp, aa=False)


@functools.lru_cache(maxsize=4096)
def _rdata(kind: str, value: str) -> RD:
    return RR.fromZone(f". 0 IN {kind} {value}")[0].rdata


def _upwards(name: str, origin: str) -> Iterator[str]:
    """The name and those above it, down to the origin."""
    while name != origin:
        yield name
        name = name.partition(".")[2]
    yield origin


def _within(name: str, origin: str) -> bool:
    return name == origin or name.endswith(f".{origin}")


def _text(label: DNSLabel) -> str:
    return str(label).lower()
