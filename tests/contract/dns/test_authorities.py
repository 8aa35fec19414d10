"""Route 53 and Cloud DNS answer the same question with the same answer, to a real resolver client."""

from __future__ import annotations

import socket
from collections import Counter

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.resolver
import pytest

from isthmus.local.dns.wanted import DOMAIN

from .conftest import ASSUMED_ADDRESS, Authorities, MakeZones

DRAWS = 400
SAME = ["NS", "CAA", "AAAA", "TXT", "MX", "TYPE65280", "HTTPS", "ANY"]


def resolver(port: int) -> dns.resolver.Resolver:
    found = dns.resolver.Resolver(configure=False)
    found.nameservers, found.port, found.lifetime = ["127.0.0.1"], port, 5
    return found


def ask(port: int, name: str, kind: str = "A") -> dns.message.Message:
    query = dns.message.make_query(name, kind, use_edns=0)
    return dns.query.udp(query, "127.0.0.1", timeout=5, port=port)


def said(reply: dns.message.Message) -> tuple[object, ...]:
    """All of an answer but who says it: the SOA names its provider."""
    found = sorted(f"{one.name} {one.ttl} {one.rdtype} {record}" for one in reply.answer for record in one)
    return (dns.rcode.to_text(reply.rcode()), bool(reply.flags & dns.flags.AA), found)


def test_both_say_the_same_of_every_type_and_name(served: Authorities, zones_with: MakeZones) -> None:
    zones = zones_with(50, 50)
    served.serve(zones)
    proofs = {one.name for zone in zones.values() for one in zone.records if one.kind == "CNAME"}
    assert len(proofs) == 2, "each zone proves both clouds' certificates"
    names = [DOMAIN, DOMAIN.upper(), f"no.{DOMAIN}", "example.com", *proofs]
    for name in names:
        for kind in [*SAME, *(["A"] if name.lower() != DOMAIN else [])]:
            route53, cloud_dns = (said(ask(served.ports[cloud], name, kind)) for cloud in ("aws", "gcp"))
            assert route53 == cloud_dns, (name, kind)


def test_both_name_all_servers_of_both_providers(served: Authorities, zones_with: MakeZones) -> None:
    served.serve(zones_with(50, 50))
    for port in served.ports.values():
        servers = [str(record.target) for record in resolver(port).resolve(DOMAIN, "NS")]
        assert (
            sum("awsdns" in server for server in servers) == sum("googledomains" in server for server in servers) == 4
        )


def test_both_share_by_weight(served: Authorities, zones_with: MakeZones) -> None:
    served.serve(zones_with(75, 25))
    for port in served.ports.values():
        counts = Counter(ask(port, DOMAIN).answer[0][0].to_text() for _ in range(DRAWS))
        # Five standard deviations of a fair draw: one failure in more than a million runs.
        assert abs(max(counts.values()) - 0.75 * DRAWS) < 5 * (DRAWS * 0.75 * 0.25) ** 0.5
        assert len(counts) == 2


@pytest.mark.parametrize("out", ["aws", "gcp"])
def test_neither_names_a_cloud_that_is_out(served: Authorities, zones_with: MakeZones, out: str) -> None:
    zones = zones_with(50, 50)
    served.serve(zones)
    bad = {
        value: probe
        for target in zones["aws"].steered[0].targets
        if target.name == out
        for value, probe in zip(target.values, target.probes, strict=True)
    }
    served.health.update(dict.fromkeys(bad.values(), False))
    served.health.update({probe.key: False for probe in zones["gcp"].probes if probe.address in bad})
    answers = {cloud: {said(ask(port, DOMAIN))[2][0] for _ in range(20)} for cloud, port in served.ports.items()}  # type: ignore[index]
    assert answers["aws"] == answers["gcp"]
    assert not [address for address in bad if address in str(answers)]


def test_a_drained_cloud_is_a_standby_at_both(served: Authorities, zones_with: MakeZones) -> None:
    zones = zones_with(0, 50)
    served.serve(zones)
    both = {str(said(ask(port, DOMAIN))) for port in served.ports.values() for _ in range(20)}
    assert len(both) == 1
    probes = [probe for zone in zones.values() for probe in zone.probes if probe.address == ASSUMED_ADDRESS]
    served.health.update({probe.key: False for probe in probes})
    standby = {str(said(ask(port, DOMAIN))) for port in served.ports.values() for _ in range(20)}
    assert len(standby) == 1
    assert standby != both


def test_a_resolver_gets_the_same_over_tcp(served: Authorities, zones_with: MakeZones) -> None:
    served.serve(zones_with(0, 50))
    for port in served.ports.values():
        over = [resolver(port).resolve(DOMAIN, "A", tcp=tcp).rrset for tcp in (False, True)]
        assert over[0] == over[1]
        with pytest.raises(dns.resolver.NXDOMAIN):
            resolver(port).resolve(f"no.{DOMAIN}")
        with pytest.raises(dns.resolver.NoAnswer):
            resolver(port).resolve(DOMAIN, "AAAA")


def test_one_connection_takes_many_questions(served: Authorities, zones_with: MakeZones) -> None:
    served.serve(zones_with(0, 50))
    query = dns.message.make_query(DOMAIN, "CAA")
    with socket.create_connection(("127.0.0.1", served.ports["aws"]), 5) as connection:
        for _ in range(3):
            assert dns.query.tcp(query, "127.0.0.1", timeout=5, sock=connection).answer


def test_an_outage_of_one_leaves_the_other(served: Authorities, zones_with: MakeZones) -> None:
    served.serve(zones_with(0, 50))
    served.authorities["aws"].outage = "silent"
    query = dns.message.make_query(DOMAIN, "A")
    with pytest.raises(dns.exception.Timeout):
        dns.query.udp(query, "127.0.0.1", timeout=0.3, port=served.ports["aws"])
    assert ask(served.ports["gcp"], DOMAIN).answer
    served.authorities["aws"].outage = "servfail"
    assert ask(served.ports["aws"], DOMAIN).rcode() == dns.rcode.SERVFAIL
    # As a resolver that knows both, which every one does.
    both = resolver(served.ports["aws"])
    both.nameservers = ["127.0.0.1", "127.0.0.1"]
    both.nameserver_ports = {"127.0.0.1": served.ports["gcp"]}
    assert both.resolve(DOMAIN).rrset
    served.authorities["aws"].outage = ""
    assert ask(served.ports["aws"], DOMAIN).answer


def test_before_there_is_a_zone_everything_is_refused(served: Authorities) -> None:
    assert {ask(port, DOMAIN).rcode() for port in served.ports.values()} == {dns.rcode.REFUSED}
