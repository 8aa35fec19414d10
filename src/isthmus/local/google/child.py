"""The server as a child process: for tests, and for whoever wants a Google Cloud for a while."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType

from isthmus.core.errors import IsthmusError


class GoogleServer:
    """Runs the local Google Cloud in a child process while the `with` block lasts.

    Args:
        data_dir: Where everything is kept; a later server with the same directory goes on with it.
        project: The project id.

    Attributes:
        http: `http://127.0.0.1:PORT` of Cloud Storage and Cloud Run.
        grpc: `127.0.0.1:PORT` of Pub/Sub and KMS.
    """

    def __init__(self, data_dir: Path, project: str = "isthmus-dev") -> None:
        self._command = [sys.executable, "-m", "isthmus.local.google", "--data-dir", str(data_dir), "--project", project]
        self._process: subprocess.Popen[str] | None = None
        self.http = ""
        self.grpc = ""

    def start(self) -> GoogleServer:
        """Starts the server and waits until it is ready; on the ports it had before, if it had any."""
        ports = ["--http-port", self.http.rpartition(":")[2] or "0", "--grpc-port", self.grpc.rpartition(":")[2] or "0"]
        self._process = subprocess.Popen([*self._command, *ports], stdout=subprocess.PIPE, text=True)
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise IsthmusError("the local Google Cloud did not start", fix="Its own message stands above.")
        ready = json.loads(line)
        self.http = f"http://127.0.0.1:{ready['http_port']}"
        self.grpc = f"127.0.0.1:{ready['grpc_port']}"
        return self

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        if self._process is None:
            raise IsthmusError("the local Google Cloud is not running", fix="Call start() first.")
        return self._process.pid

    def stop(self) -> None:
        """Ends the server by SIGTERM and waits."""
        self._end("terminate")

    def kill(self) -> None:
        """Ends the server by SIGKILL: what it acknowledged must be there at the next start."""
        self._end("kill")

    def _end(self, how: str) -> None:
        if self._process is None:
            return
        getattr(self._process, how)()
        self._process.wait(timeout=20)
        if self._process.stdout:
            self._process.stdout.close()
        self._process = None

    def __enter__(self) -> GoogleServer:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()
