"""Each fault does to real sockets what it says, to connections that are open too, and healing ends it."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from isthmus.core.errors import ConfigurationError, Refused, Unavailable
from isthmus.local.process import wait_until
from isthmus.local.proxy.client import ProxyClient
from isthmus.local.proxy.faults import Fault

from .conftest import LINK, Proxied


def talk(sock: socket.socket, data: bytes = b"hello") -> bytes:
    """Sends data and reads as much back."""
    sock.sendall(data)
    return read(sock, len(data))


def read(sock: socket.socket, size: int) -> bytes:
    """Reads exactly this many bytes, or fewer at the end of the stream."""
    found = bytearray()
    while len(found) < size and (data := sock.recv(min(size - len(found), 65536))):
        found += data
    return bytes(found)


def break_link(proxied: Proxied, *faults: str, label: str = "") -> None:
    """Sets faults on the link under test."""
    proxied.control.set([LINK], [Fault.parse(text) for text in faults], label=label)


def test_an_unbroken_link_passes_data_both_ways_and_counts_it(proxied: Proxied) -> None:
    with proxied.connect() as sock:
        assert talk(sock) == b"hello"
        link = proxied.control.list()[LINK]
    assert (link["connections"], link["open"], link["bytes_up"], link["bytes_down"]) == (1, 1, 5, 5)


def test_a_body_of_a_megabyte_arrives_whole_when_the_client_ends_its_side_first(proxied: Proxied) -> None:
    body = bytes(range(256)) * 4096
    with proxied.connect() as sock:
        sender = threading.Thread(target=lambda: (sock.sendall(body), sock.shutdown(socket.SHUT_WR)))
        sender.start()
        assert read(sock, len(body) + 1) == body
        sender.join()
    assert wait_until(lambda: proxied.control.list()[LINK]["open"] == 0, 5)


def test_refuse_refuses_new_connections_and_resets_open_ones(proxied: Proxied) -> None:
    with proxied.connect() as sock:
        talk(sock)
        break_link(proxied, "refuse")
        with pytest.raises(ConnectionResetError):
            talk(sock)
    with pytest.raises(ConnectionRefusedError):
        proxied.connect()


def test_a_healed_link_listens_on_the_same_port(proxied: Proxied) -> None:
    break_link(proxied, "refuse")
    proxied.control.clear()
    with proxied.connect() as sock:
        assert talk(sock) == b"hello"


def test_hang_accepts_and_forwards_nothing_until_healed(proxied: Proxied) -> None:
    with proxied.connect() as before:
        talk(before)
        break_link(proxied, "hang")
        with proxied.connect() as after:
            for sock in (before, after):
                sock.settimeout(0.2)
                with pytest.raises(TimeoutError):
                    talk(sock, b"late")
            proxied.control.clear()
            for sock in (before, after):
                sock.settimeout(5)
                assert read(sock, 4) == b"late"


def test_a_client_that_leaves_during_a_hang_takes_what_it_sent_with_it(proxied: Proxied) -> None:
    def left() -> bool:
        link = proxied.control.list()[LINK]
        return (link["connections"], link["open"]) == (1, 0)

    break_link(proxied, "hang")
    with proxied.connect() as sock:
        sock.sendall(b"too late")
    assert wait_until(left, 5), "the connection to the target stays open"
    proxied.control.clear()
    with proxied.connect() as sock:
        assert talk(sock) == b"hello"
    assert proxied.control.list()[LINK]["bytes_up"] == len(b"hello")


def test_hang_of_answers_lets_requests_through(proxied: Proxied) -> None:
    break_link(proxied, "hang:down")
    with proxied.connect() as sock:
        sock.sendall(b"hello")
        assert wait_until(lambda: proxied.control.list()[LINK]["bytes_up"] == 5, 5)
        assert proxied.control.list()[LINK]["bytes_down"] == 0


def test_delay_holds_each_direction_back(proxied: Proxied) -> None:
    break_link(proxied, "delay=100ms")
    with proxied.connect() as sock:
        began = time.monotonic()
        assert talk(sock) == b"hello"
        assert 0.2 <= time.monotonic() - began < 1.5


def test_a_delayed_end_of_stream_comes_after_the_data(proxied: Proxied) -> None:
    break_link(proxied, "delay=50ms")
    with proxied.connect() as sock:
        sock.sendall(b"last words")
        sock.shutdown(socket.SHUT_WR)
        assert read(sock, 11) == b"last words"


def test_reset_cuts_a_connection_after_so_many_bytes(proxied: Proxied) -> None:
    break_link(proxied, "reset=1000:up")
    with proxied.connect() as sock, pytest.raises(ConnectionResetError):
        talk(sock, b"x" * 5000)
        talk(sock)
    link = proxied.control.list()[LINK]
    assert (link["bytes_up"], link["cut"], link["open"]) == (1000, 1, 0)


def test_reset_without_a_number_cuts_at_random(proxied: Proxied) -> None:
    break_link(proxied, "reset")
    with proxied.connect() as sock, pytest.raises((ConnectionResetError, BrokenPipeError)):
        for _ in range(10_000):
            talk(sock, b"x" * 4096)
    assert proxied.control.list()[LINK]["cut"] == 1


def test_fail_cuts_the_share_of_requests_that_it_names(proxied: Proxied) -> None:
    break_link(proxied, "fail=20%")
    lost = 0
    for _ in range(100):
        with proxied.connect() as sock:
            try:
                assert talk(sock) in (b"hello", b"")
            except ConnectionResetError:
                lost += 1
    assert 5 <= lost <= 40
    assert proxied.control.list()[LINK]["cut"] == lost


@pytest.mark.parametrize("text", ["fail", "fail=0%", "fail=101%", "fail=5kb", "fail=1s"])
def test_fail_needs_a_share(text: str) -> None:
    with pytest.raises(ConfigurationError):
        Fault.parse(text)


def test_throttle_slows_a_direction_to_its_rate(proxied: Proxied) -> None:
    break_link(proxied, "throttle=100KB/s:up")
    body = b"x" * 30_000
    with proxied.connect() as sock:
        began = time.monotonic()
        assert talk(sock, body) == body
        assert 0.2 <= time.monotonic() - began < 2


def test_a_slow_reader_stops_the_sender_rather_than_filling_memory(proxied: Proxied) -> None:
    break_link(proxied, "hang:up")
    with proxied.connect() as sock:
        sock.settimeout(0.3)
        with pytest.raises(TimeoutError):
            sock.sendall(b"x" * 64 * 1024 * 1024)


def test_faults_under_two_labels_add_up_and_heal_apart(proxied: Proxied) -> None:
    break_link(proxied, "hang", label="aws")
    break_link(proxied, "delay=10ms", label="gcp")
    proxied.control.clear("aws")
    assert list(proxied.control.list()[LINK]["faults"]) == ["gcp"]
    with proxied.connect() as sock:
        assert talk(sock) == b"hello"


def test_a_link_can_be_aimed_elsewhere_while_it_runs(proxied: Proxied) -> None:
    proxied.control.target(LINK, None)
    with pytest.raises(ConnectionResetError), proxied.connect() as sock:
        talk(sock)
    proxied.control.target(LINK, f"127.0.0.1:{proxied.echo.server_address[1]}")
    with proxied.connect() as sock:
        assert talk(sock) == b"hello"


def test_three_hundred_connections_at_once(proxied: Proxied) -> None:
    socks = [proxied.connect() for _ in range(300)]
    try:
        assert all(talk(sock) == b"hello" for sock in socks)
        assert proxied.control.list()[LINK]["open"] == 300
    finally:
        for sock in socks:
            sock.close()


def test_the_control_endpoint_wants_its_token(proxied: Proxied) -> None:
    with pytest.raises(Refused, match="wrong token"):
        ProxyClient(proxied.control_port, "guess").list()


def test_a_link_that_does_not_exist_is_named(proxied: Proxied) -> None:
    with pytest.raises(Refused, match="nowhere"):
        proxied.control.target("nowhere", None)


def test_a_proxy_that_is_gone_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        ProxyClient(1, "token").list()
