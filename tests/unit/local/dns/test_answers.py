"""What an authority answers, read by another implementation of DNS than the one that wrote it."""

from __future__ import annotations

import dns.exception
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdatatype
from hypothesis import given
from hypothesis import strategies as st

from isthmus.local.dns import messages
from isthmus.local.dns.answers import Zonal
from isthmus.local.dns.steering import Steered, Target
from isthmus.local.dns.zones import RecordSet, Zone

ORIGIN = "events.example.com."
LONG = tuple(f'"{number:0250d}"' for number in range(8))
RECORDS = (
    RecordSet(ORIGIN, "SOA", 900, ("ns.example.net. hostmaster.example.net. 1 7200 900 1209600 300",)),
    RecordSet(ORIGIN, "NS", 3600, ("ns.example.net.", "ns.example.org.")),
    RecordSet(ORIGIN, "CAA", 3600, ('0 issue "amazon.com"', '0 issue "pki.goog"')),
    RecordSet(f"long.{ORIGIN}", "TXT", 60, LONG),
    RecordSet(f"a.b.{ORIGIN}", "A", 60, ("192.0.2.1",)),
    RecordSet(f"www.{ORIGIN}", "CNAME", 60, (f"a.b.{ORIGIN}",)),
    RecordSet(f"away.{ORIGIN}", "CNAME", 60, ("example.net.",)),
    RecordSet(f"loop.{ORIGIN}", "CNAME", 60, (f"loop.{ORIGIN}",)),
    RecordSet(f"*.wild.{ORIGIN}", "A", 60, ("192.0.2.2",)),
)
STEERED = (Steered(ORIGIN, "A", 60, "weighted", (Target("aws", ("198.51.100.1",), 1, ("aws",)),)),)
ZONE = Zonal(Zone("aws", ORIGIN, RECORDS, STEERED, ()))


def ask(name: str, kind: str = "A", *, udp: bool = True, **more: int) -> dns.message.Message:
    query = dns.message.make_query(name, kind, **more)  # type: ignore[arg-type]
    return reply_to(query.to_wire(), udp=udp)


def reply_to(wire: bytes, *, udp: bool = True) -> dns.message.Message:
    asked = messages.read(wire)
    assert asked is not None
    return dns.message.from_wire(ZONE.answer(asked, {}, udp=udp).wire)


def values(reply: dns.message.Message) -> list[str]:
    return sorted(record.to_text() for found in reply.answer for record in found)


def test_an_answer_is_authoritative_and_keeps_the_letters_of_the_question() -> None:
    reply = ask("EvEnTs.example.COM")
    assert values(reply) == ["198.51.100.1"]
    assert reply.flags & dns.flags.AA and not reply.flags & dns.flags.RA
    assert str(reply.answer[0].name) == "EvEnTs.example.COM."
    assert reply.answer[0].ttl == 60


def test_caa_txt_and_ns_are_answered_whole() -> None:
    assert values(ask(ORIGIN, "CAA")) == ['0 issue "amazon.com"', '0 issue "pki.goog"']
    assert values(ask(ORIGIN, "NS")) == ["ns.example.net.", "ns.example.org."]
    assert sorted(LONG) == values(ask(f"long.{ORIGIN}", "TXT", udp=False))


def test_a_name_that_is_not_there_is_nxdomain_and_one_without_the_type_has_no_data() -> None:
    gone, empty, between = ask(f"x.{ORIGIN}"), ask(ORIGIN, "AAAA"), ask(f"b.{ORIGIN}")
    assert gone.rcode() == dns.rcode.NXDOMAIN
    assert dns.rcode.NOERROR == empty.rcode() == between.rcode()
    for reply in (gone, empty, between):
        assert not reply.answer
        assert (reply.authority[0].rdtype, reply.authority[0].ttl) == (dns.rdatatype.SOA, 300)


def test_an_unknown_type_has_no_data_and_any_gets_one_small_answer() -> None:
    assert not ask(ORIGIN, "TYPE65280").answer
    assert values(ask(ORIGIN, "ANY")) == ['"RFC8482" ""']


def test_another_name_is_followed_within_the_zone_and_no_further() -> None:
    assert ["192.0.2.1", f"a.b.{ORIGIN}"] == values(ask(f"www.{ORIGIN}"))
    assert values(ask(f"away.{ORIGIN}")) == ["example.net."]
    assert [f"a.b.{ORIGIN}"] == values(ask(f"www.{ORIGIN}", "CNAME"))
    assert len(ask(f"loop.{ORIGIN}", udp=False).answer) == 1


def test_a_wildcard_answers_for_what_is_not_there() -> None:
    reply = ask(f"x.y.wild.{ORIGIN}")
    assert (["192.0.2.2"], f"x.y.wild.{ORIGIN}") == (values(reply), str(reply.answer[0].name))


def test_what_does_not_fit_says_so_and_comes_whole_over_tcp() -> None:
    plain, large = ask(f"long.{ORIGIN}", "TXT"), ask(f"long.{ORIGIN}", "TXT", use_edns=0, payload=4096)
    assert plain.flags & dns.flags.TC and not plain.answer
    assert large.flags & dns.flags.TC, "1232 bytes over UDP at most, whatever the client could take"
    assert not ask(f"long.{ORIGIN}", "TXT", udp=False).flags & dns.flags.TC


def test_edns_is_answered_in_kind_and_another_version_is_refused() -> None:
    assert ask(ORIGIN, use_edns=0).payload == 1232
    assert ask(ORIGIN).edns == -1
    assert ask(ORIGIN, use_edns=1).rcode() == dns.rcode.BADVERS


def test_another_zone_class_or_operation_is_refused() -> None:
    assert ask("example.com").rcode() == dns.rcode.REFUSED
    chaos = dns.message.make_query(ORIGIN, "A", "CH")
    assert reply_to(chaos.to_wire()).rcode() == dns.rcode.REFUSED
    status = dns.message.make_query(ORIGIN, "A")
    status.set_opcode(dns.opcode.STATUS)
    assert reply_to(status.to_wire()).rcode() == dns.rcode.NOTIMP


def test_a_response_and_less_than_a_header_get_nothing() -> None:
    response = dns.message.make_response(dns.message.make_query(ORIGIN, "A"))
    assert messages.read(response.to_wire()) is None
    assert messages.read(b"\0" * 11) is None


@given(wire=st.binary(max_size=200))
def test_anything_gets_a_readable_answer_or_none(wire: bytes) -> None:
    asked = messages.read(wire)
    if asked is not None:
        reply = ZONE.answer(asked, {}, udp=True).wire
        assert wire[:2] == reply[:2]
        assert len(reply) <= asked.room


@given(position=st.integers(2, 60), byte=st.integers(0, 255))
def test_a_question_with_a_broken_byte_gets_an_answer_or_none(position: int, byte: int) -> None:
    wire = bytearray(dns.message.make_query(ORIGIN, "A", use_edns=0, payload=1232).to_wire())
    wire[position % len(wire)] = byte
    asked = messages.read(bytes(wire))
    if asked is not None:
        assert len(ZONE.answer(asked, {}, udp=True).wire) <= asked.room
