"""Servers of this machine that play Slack and a mail server, and what the clouds publish."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

MESSAGES = Path(__file__).with_name("messages")
PATH = "/services/T000/B000/a-secret-that-no-log-may-name"


@dataclass
class Slack:
    """A webhook.

    Attributes:
        webhook: Its address.
        answers: What it says to the next posts: status, headers, body; then 200.
        posts: What it was sent.
    """

    webhook: str = ""
    answers: list[tuple[int, dict[str, str], str]] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture
def slack() -> Iterator[Slack]:
    """Slack, as far as a webhook goes."""
    kept = Slack()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, headers, text = kept.answers.pop(0) if kept.answers else (200, {}, "ok")
            if self.path != PATH:
                status, headers, text = 404, {}, "no_service"
            if status == 200:
                kept.posts.append(json.loads(body))
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(text))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        kept.webhook = f"http://127.0.0.1:{server.server_port}{PATH}"
        yield kept
        server.shutdown()


@dataclass
class MailServer:
    """An SMTP server.

    Attributes:
        url: Its address.
        refusals: What it says to a command instead of yes, by the command's first word or "." for a message's end.
        mails: Sender, recipients and text of what it took.
    """

    url: str = ""
    refusals: dict[str, str] = field(default_factory=dict)
    mails: list[tuple[str, list[str], str]] = field(default_factory=list)


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A mail server that speaks as much of RFC 5321 as a client needs."""
    kept = MailServer()

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.sender, self.recipients = "", list[str]()
            self.say("220 test")
            while line := self.rfile.readline():
                command = line.decode().strip()
                word = command.split(" ")[0].upper()
                if word in kept.refusals:
                    self.say(kept.refusals[word])
                elif word == "DATA":
                    self.take()
                elif word == "QUIT":
                    return self.say("221 bye")
                else:
                    self.note(word, command)
                    self.say("250 ok")
            return None

        def note(self, word: str, command: str) -> None:
            if word == "MAIL":
                self.sender = command.split("<")[1].split(">")[0]
            elif word == "RCPT":
                self.recipients.append(command.split("<")[1].split(">")[0])

        def take(self) -> None:
            self.say("354 go on")
            lines: list[bytes] = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line)
            if "." in kept.refusals:
                return self.say(kept.refusals["."])
            kept.mails.append((self.sender, self.recipients, b"".join(lines).decode()))
            return self.say("250 taken")

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        kept.url = f"smtp://127.0.0.1:{server.server_address[1]}"
        yield kept
        server.shutdown()


@pytest.fixture
def message() -> Callable[..., bytes]:
    """Reads a message as a cloud publishes it; members given replace its own, None takes one away."""

    def read(name: str, **changes: Any) -> bytes:
        body = (MESSAGES / name).read_bytes()
        if not changes:
            return body
        kept = {**json.loads(body), **changes}
        return json.dumps({key: value for key, value in kept.items() if value is not None}).encode()

    return read
