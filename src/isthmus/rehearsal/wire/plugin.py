"""The plug-in side of go-plugin's reattach: a gRPC server on a loopback port, and how Terraform is told of it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc

from isthmus.rehearsal.errors import NoTerraform
from isthmus.rehearsal.wire import messages

WORKERS = 12
Handler = Callable[[Any, str], Any]
"""Takes a request and the caller's peer (one a provider instance); returns the response."""

_OPTIONS = (
    ("grpc.max_receive_message_length", 256 * 1024 * 1024),
    ("grpc.max_send_message_length", 256 * 1024 * 1024),
    ("grpc.so_reuseport", 0),
)


class PluginServer:
    """Serves one provider to one Terraform run.

    TCP rather than a Unix socket: Terraform opens a connection a provider instance, and only TCP peers can be told
    apart, which is how the aliases of a provider keep their configurations.
    """

    def __init__(self, handlers: Mapping[str, Handler]) -> None:
        self._server = grpc.server(ThreadPoolExecutor(WORKERS, "rehearsal"), options=_OPTIONS)
        rpcs = {name: _rpc(name, handler) for name, handler in handlers.items()}
        self._server.add_generic_rpc_handlers(
            (
                grpc.method_handlers_generic_handler("tfplugin6.Provider", rpcs),
                grpc.method_handlers_generic_handler("plugin.GRPCController", {"Shutdown": _shutdown()}),
            )
        )
        try:
            self.port = self._server.add_insecure_port("127.0.0.1:0")
        except RuntimeError as error:
            raise NoTerraform(
                "the provider stand-in can't listen on any port of 127.0.0.1",
                fix="allow more open files (`ulimit -n 4096`), then try again",
            ) from error

    def start(self) -> None:
        """Begins to answer."""
        self._server.start()

    def stop(self) -> None:
        """Ends at once; Terraform has ended before."""
        self._server.stop(grace=None).wait()


def reattach(ports: Mapping[str, int]) -> str:
    """The value of TF_REATTACH_PROVIDERS. Only for the environment of the child: a stale one makes Terraform kill
    whatever process has the id that it names.

    Args:
        ports: Loopback port by provider address, as `registry.terraform.io/hashicorp/aws`.
    """
    entries = {
        address: {
            "Protocol": "grpc",
            "ProtocolVersion": 6,
            "Pid": os.getpid(),
            "Test": True,
            "Addr": {"Network": "tcp", "String": f"127.0.0.1:{port}"},
        }
        for address, port in ports.items()
    }
    return json.dumps(entries)


def _rpc(name: str, handler: Handler) -> grpc.RpcMethodHandler:
    def call(request: Any, context: grpc.ServicerContext) -> Any:
        return handler(request, context.peer())

    return grpc.unary_unary_rpc_method_handler(
        call,
        request_deserializer=messages.message(f"{name}.Request").FromString,
        response_serializer=messages.message(f"{name}.Response").SerializeToString,
    )


def _shutdown() -> grpc.RpcMethodHandler:
    empty = messages.message("Empty")
    return grpc.unary_unary_rpc_method_handler(
        lambda request, context: empty(),
        request_deserializer=empty.FromString,
        response_serializer=empty.SerializeToString,
    )
