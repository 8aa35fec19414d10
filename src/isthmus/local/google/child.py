"""The server as a child process: for tests, and for whoever wants a Google Cloud for a while."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from isthmus.core.errors import IsthmusError
from isthmus.local.google.config import DEFAULT_PROJECT


class GoogleServer:
    """Runs the local Google Cloud in a child process while the `with` block lasts.

    Args:
        data_dir: Where everything is kept; a later server with the same directory goes on with it.
        project: The project id.
        run_command: What Cloud Run services run in place of their image; Isthmus's own program unless told.
        only: Whether `project` is the only one; else every project is there, as Terraform of any kind needs it.
        owner: With this member, who may do everything, IAM policies are enforced.

    Attributes:
        http: `http://127.0.0.1:PORT` of Cloud Storage, Cloud Run and the REST forms.
        grpc: `127.0.0.1:PORT` of Pub/Sub and KMS.
    """

    def __init__(
        self,
        data_dir: Path,
        project: str = DEFAULT_PROJECT,
        run_command: Sequence[str] = (),
        *,
        only: bool = False,
        owner: str = "",
    ) -> None:
        self.project = project
        self._command = [sys.executable, "-m", "isthmus.local.google", "--data-dir", str(data_dir)]
        self._command += ["--project", project, *(["--only"] if only else [])]
        self._command += ["--auth", owner] if owner else []
        if run_command:
            self._command += ["--run-command", shlex.join(run_command)]
        self._process: subprocess.Popen[str] | None = None
        self.http = ""
        self.grpc = ""

    def start(self) -> GoogleServer:
        """Starts the server and waits until it is ready; on the ports it had before, if it had any."""
        ports = ["--http-port", self.http.rpartition(":")[2] or "0", "--grpc-port", self.grpc.rpartition(":")[2] or "0"]
        self._process = subprocess.Popen([*self._command, *ports], stdout=subprocess.PIPE, text=True)
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            self._end("kill")
            raise IsthmusError("the local Google Cloud did not start", fix="Its own message stands above.")
        ready = json.loads(line)
        self.http = f"http://127.0.0.1:{ready['http_port']}"
        self.grpc = f"127.0.0.1:{ready['grpc_port']}"
        return self

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which Google's clients find the server."""
        return {
            "PUBSUB_EMULATOR_HOST": self.grpc,
            "STORAGE_EMULATOR_HOST": self.http,
            "GOOGLE_CLOUD_PROJECT": self.project,
        }

    def advance(self, seconds: float) -> None:
        """Moves the server's clock forward; what is due then is done when this returns."""
        body = json.dumps({"advance_seconds": seconds}).encode()
        request = urllib.request.Request(f"{self.http}/_isthmus/clock", body, method="POST")  # noqa: S310 - loopback
        # Never through a proxy: the server is on this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            opener.open(request, timeout=60).close()
        except urllib.error.HTTPError as error:
            raise ValueError(error.read().decode()) from None

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
        process, self._process = self._process, None
        if process is None:
            return
        getattr(process, how)()
        process.wait(timeout=20)
        if process.stdout:
            process.stdout.close()

    def __enter__(self) -> GoogleServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
