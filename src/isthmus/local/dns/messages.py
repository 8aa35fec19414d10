"""DNS messages: what is asked and how much room the asker has (RFC 1035, 6891), and replies that fit."""

from __future__ import annotations

from dataclasses import dataclass

from dnslib import CLASS, OPCODE, QTYPE, RCODE, RR, DNSError, DNSHeader, DNSRecord

UDP_BYTES = 512
"""What a client that says nothing can take over UDP."""
EDNS_BYTES = 1232
"""What is sent over UDP at most, also to who could take more: it is never fragmented."""
HEADER_BYTES = 12
_RESPONSE = 0x80
_BADVERS = 16
_DO = 0x8000


@dataclass(frozen=True)
class Asked:
    """A message that can be answered.

    Attributes:
        record: The message.
        rcode: What is wrong with it; 0 for nothing.
        edns: The flags of its OPT record; None where it has none.
        room: Bytes that a reply over UDP may have.
    """

    record: DNSRecord
    rcode: int = RCODE.NOERROR
    edns: int | None = None
    room: int = UDP_BYTES


def read(wire: bytes) -> Asked | None:
    """Reads a message; None for what gets no answer: a response, or fewer bytes than a header."""
    if len(wire) < HEADER_BYTES or wire[2] & _RESPONSE:
        return None
    try:
        record = DNSRecord.parse(wire)
    except DNSError:
        return Asked(DNSRecord(DNSHeader(id=int.from_bytes(wire[:2], "big"), bitmap=0)), RCODE.FORMERR)
    opts = [extra for extra in record.ar if extra.rtype == QTYPE.OPT]
    if not opts:
        return Asked(record, _problem(record))
    room = max(UDP_BYTES, min(int(opts[0].rclass), EDNS_BYTES))
    version = (opts[0].ttl >> 16) & 0xFF
    rcode = RCODE.FORMERR if len(opts) > 1 else _BADVERS if version else _problem(record)
    return Asked(record, rcode, opts[0].ttl & _DO, room)


def write(asked: Asked, answers: list[RR], authority: list[RR], rcode: int, *, udp: bool, aa: bool = True) -> bytes:
    """The reply's bytes. One that doesn't fit a datagram says so (TC), and the client asks over TCP."""
    packed = _reply(asked, answers, authority, rcode, aa).pack()
    if udp and len(packed) > asked.room:
        short = _reply(asked, [], [], rcode, aa)
        short.header.tc = 1
        packed = short.pack()
    return bytes(packed)


def _reply(asked: Asked, answers: list[RR], authority: list[RR], rcode: int, aa: bool) -> DNSRecord:
    header = asked.record.header
    bits = DNSHeader(id=header.id, bitmap=0, qr=1, opcode=header.opcode, rd=header.rd, aa=aa, rcode=rcode & 0xF)
    additional = []
    if asked.edns is not None:
        additional.append(RR(".", QTYPE.OPT, EDNS_BYTES, (rcode >> 4) << 24 | asked.edns, rdata=[]))
    questions = asked.record.questions[:1]
    return DNSRecord(bits, questions=questions, rr=answers, auth=authority, ar=additional)


def _problem(record: DNSRecord) -> int:
    if record.header.opcode != OPCODE.QUERY:
        return int(RCODE.NOTIMP)
    if len(record.questions) != 1:
        return int(RCODE.FORMERR)
    return int(RCODE.NOERROR if record.q.qclass == CLASS.IN else RCODE.REFUSED)
