"""The local clouds that the contract tests run against, started when the first test asks for them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from isthmus.rehearsal.realize.base import Context


@pytest.fixture(scope="session")
def local_aws(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], AbstractContextManager[str]]:
    """Starts a local AWS, its policies enforced (`true`) or not (`false`); gives its endpoint."""

    @contextlib.contextmanager
    def start(auth: str) -> Iterator[str]:
        port = _free_port()
        settings = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "SFTP_ENABLED": "0", "IOT_MTLS_ENABLED": "0"}
        home = tmp_path_factory.mktemp("aws")
        environment = {**os.environ, **settings, "AUTH": auth, "TMPDIR": str(home), "LOG_LEVEL": "WARNING"}
        with (home / "log").open("wb") as log:
            command = [sys.executable, "-m", "isthmus.local.aws"]
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _await_answer(f"http://127.0.0.1:{port}/_ministack/ready", process, home / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)

    return start


@pytest.fixture(scope="session")
def local_google(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    """A local Google Cloud of this session's own."""
    home = tmp_path_factory.mktemp("google")
    with (home / "log").open("wb") as log:
        command = [sys.executable, "-m", "isthmus.local.google", "--data-dir", str(home / "data")]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        ready = json.loads(process.stdout.readline() or "{}")
        assert ready.get("ready"), (home / "log").read_text()[-2000:]
        http, grpc = (f"127.0.0.1:{ready[name]}" for name in ("http_port", "grpc_port"))
        yield Context(google_http_endpoint=f"http://{http}", google_grpc_endpoint=grpc)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        process.stdout.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_answer(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise AssertionError(f"no answer from {url}: {log.read_text()[-2000:]}")
