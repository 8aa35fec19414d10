"""A server with nothing but Cloud Run, and a service for it: what test_run.py starts as processes."""

from __future__ import annotations

import asyncio
import http.server
import json
import os
import signal
import socket
import sys
import time
from pathlib import Path


async def host(data_dir: Path) -> None:
    """Serves the admin API until SIGTERM; prints its port when it is ready."""
    import uvicorn
    from starlette.applications import Starlette

    from isthmus.local.google.run import CloudRun

    command = (sys.executable, __file__, "service")
    run = CloudRun(data_dir, data_dir / "logs", "isthmus-dev", command=command, environment={"INJECTED": "yes"})
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=run.routes()), log_level="warning", lifespan="off"))
    sock = socket.create_server(("127.0.0.1", 0))
    serving = asyncio.create_task(server.serve(sockets=[sock]))
    await run.start()
    print(sock.getsockname()[1], flush=True)
    await serving
    await run.stop()


class Service(http.server.BaseHTTPRequestHandler):
    """Answers its environment and process id; `/die` ends it, `/pushes` says how many pushes came."""

    pushes = 0

    def do_GET(self) -> None:
        """Answers any GET."""
        if self.path == "/die":
            os.kill(os.getpid(), signal.SIGKILL)
        told = Service.pushes if self.path == "/pushes" else {"pid": os.getpid(), **os.environ}
        body = json.dumps(told).encode()
        self.send_response(200 if self.path != "/missing" else 404)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """Takes a push."""
        self.rfile.read(int(self.headers["content-length"]))
        Service.pushes += 1
        self.send_response(204)
        self.end_headers()


def serve() -> None:
    """Runs the service; FAIL in its environment makes it end at once, GATE makes it wait for a file."""
    if os.environ.get("FAIL"):
        sys.exit("the reason why it failed")
    while os.environ.get("GATE") and not Path(os.environ["GATE"]).exists():
        time.sleep(0.02)
    http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Service).serve_forever()


if __name__ == "__main__":
    if sys.argv[1] == "service":
        serve()
    else:
        asyncio.run(host(Path(sys.argv[1])))
