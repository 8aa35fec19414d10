"""Loopback ports: remembered from run to run, and chosen anew when someone else has taken one."""

from __future__ import annotations

import contextlib
import errno
import random
import socket

from isthmus.core.errors import Unavailable

HOST = "127.0.0.1"
DNS_PORTS = {"aws": "control.dns.aws", "gcp": "control.dns.gcp"}
"""Names of the ports, UDP and TCP, of the two DNS authorities."""
#: Below the range from which Linux (32768) and macOS (49152) take ports for outgoing connections, so that a port
#: that was remembered is not found in use by somebody's connection.
FIRST_PORT, LAST_PORT = 20_000, 32_000
_TRIES = 200


def bind_loopback(port: int = 0) -> socket.socket:
    """Binds a TCP socket on the loopback address, not listening yet.

    Args:
        port: The port wanted; 0, or one that is in use, gives a free one.
    """
    candidates = random.SystemRandom().sample(range(FIRST_PORT, LAST_PORT), _TRIES)
    for candidate in [port, *candidates] if port else candidates:
        sock = bind_exactly(candidate)
        if sock is not None:
            return sock
    raise Unavailable(
        f"no free port between {FIRST_PORT} and {LAST_PORT}", where=HOST, fix="stop what listens there, then try again"
    )


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    sock = bind_exactly(port)
    if sock is not None:
        sock.close()
    return sock is not None


def choose(remembered: dict[str, int], names: list[str]) -> dict[str, int]:
    """Chooses a port for each name, the remembered one where it is free, and no port twice."""
    with contextlib.ExitStack() as held:
        sockets = {name: held.enter_context(bind_loopback(remembered.get(name, 0))) for name in names}
        return {name: sock.getsockname()[1] for name, sock in sockets.items()}


def bind_exactly(port: int) -> socket.socket | None:
    """Binds a TCP socket on this loopback port, or returns None when someone has it."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # Allows a port whose last connections are still in TIME_WAIT; never one that somebody listens on.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((HOST, port))
    except OSError as error:
        sock.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            return None
        raise
    return sock
