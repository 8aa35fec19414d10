"""All services over one data directory, put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import grpc
import msgspec
from google.pubsub_v1 import types
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from isthmus.adapters.calls import Calls
from isthmus.local.google import rest
from isthmus.local.google.access import Access
from isthmus.local.google.accounts.calls import AccountCalls
from isthmus.local.google.accounts.store import Accounts
from isthmus.local.google.clock import Clock
from isthmus.local.google.config import ServerConfig
from isthmus.local.google.iam import Policies
from isthmus.local.google.kms.service import NAME as KMS
from isthmus.local.google.kms.service import KeyManagement
from isthmus.local.google.kms.store import Keys
from isthmus.local.google.oidc import CERTS_PATH, TokenSigner
from isthmus.local.google.projects import Projects
from isthmus.local.google.pubsub.push import Pusher
from isthmus.local.google.pubsub.service import PubSubService
from isthmus.local.google.pubsub.store import PubSub
from isthmus.local.google.pubsub.upkeep import sweep
from isthmus.local.google.rpc import Gate, Handlers, RpcError, service
from isthmus.local.google.storage.errors import StorageError
from isthmus.local.google.storage.routes import StorageApi

CLOCK_PATH = "/_isthmus/clock"
PROJECTS_PATH = "/_isthmus/projects"
_PUBSUB_AGENT, _STORAGE_AGENT = "gcp-sa-pubsub", "gs-project-accounts"
_Message = types.PubsubMessage.pb()


class TotalCalls(Calls):
    """Counts for good: what `/_isthmus/calls` shows."""

    def totals(self) -> dict[str, int]:
        """Returns the counts since the start."""
        with self._lock:
            return dict(self._counts)


class Services:
    """All that the servers answer from, over one data directory.

    Args:
        config: What the server is started with.
    """

    def __init__(self, config: ServerConfig) -> None:
        directory = config.data_dir
        self._project = config.project
        self.calls, self.signer, self.clock = TotalCalls(), TokenSigner(directory), Clock(directory / "clock")
        self.pusher = Pusher(self.signer, self.calls)
        self.state = PubSub(directory, self.pusher.watch, self.clock)
        self._keys = Keys(directory / "kms.sqlite", self.clock)
        self._accounts = Accounts(directory / "accounts.sqlite")
        self.projects = Projects(directory / "projects", config.projects)
        self._gate = Gate(self.calls, self.projects)
        self._account_calls = AccountCalls(self._accounts, self.signer, self._gate)
        self._policies = Policies(directory / "iam.sqlite", self._require)
        self.access = Access(self._policies, self.signer, config.project, config.owner)
        self._pubsub = PubSubService(self.state, self._gate)
        self._kms = KeyManagement(self._keys, self.clock).methods()
        self.storage = StorageApi(
            directory,
            self.calls,
            self.clock,
            self._accounts,
            self._use_storage_key,
            self._announce,
            self.state.topics.__contains__,
            self.projects,
        )
        self._connect()

    def _connect(self) -> None:
        """What the services ask of each other."""
        self.state.on_gone = self._policies.forget
        self.state.use_key = lambda key: self._use_key(key, _PUBSUB_AGENT)
        self.state.may_move = self._may_move
        self._gate.access = self.storage.gate.access = self.access
        if self.access.on:
            self._policies.allowed = self.access.allowed

    def _require(self, resource: str) -> None:
        if "/locations/" in resource:
            self._keys.require(resource)
        elif "/serviceAccounts/" in resource:
            self._account_calls.require(resource)
        elif resource.count("/") != 1 or not resource.startswith("projects/"):
            self.state.require(resource)

    def _use_key(self, key: str, agent: str) -> str:
        """Checks that a service's agent may use a key, and that it can be used; returns the version."""
        permission, member = "cloudkms.cryptoKeyVersions.useToEncrypt", self.access.agent(agent)
        if not self.access.allowed(member, permission, key.partition("/cryptoKeyVersions/")[0]):
            message = f"Permission '{permission}' denied on resource '{key}' (or it may not exist) for {member}."
            raise RpcError(grpc.StatusCode.PERMISSION_DENIED, message)
        return self._keys.use(key)

    def _use_storage_key(self, key: str) -> str:
        try:
            return self._use_key(key, _STORAGE_AGENT)
        except RpcError as error:
            if error.code is grpc.StatusCode.PERMISSION_DENIED:
                raise StorageError(403, error.message) from None
            raise StorageError(400, f"Cloud KMS: {error.message}", reason="failedPrecondition") from None

    def _may_move(self, subscription: str, topic: str) -> bool:
        agent = self.access.agent(_PUBSUB_AGENT)
        return self.access.allowed(agent, "pubsub.topics.publish", topic) and self.access.allowed(
            agent, "pubsub.subscriptions.consume", subscription
        )

    async def _announce(self, topic: str, data: bytes, attributes: Mapping[str, str]) -> bool:
        agent = self.access.agent(_STORAGE_AGENT)
        if topic not in self.state.topics or not self.access.allowed(agent, "pubsub.topics.publish", topic):
            return False
        try:
            await self.state.publish(topic, [_Message(data=data, attributes=attributes)])
        except RpcError:
            return False
        return True

    def handlers(self) -> Handlers:
        """The gRPC handlers."""
        own = service(KMS, self._kms, self._gate, "kms")
        policies = service("google.iam.v1.IAMPolicy", self._policies.methods(), self._gate, "iam")
        return Handlers({**self._pubsub.handlers(), **own, **policies})

    def routes(self, run: Sequence[BaseRoute]) -> list[BaseRoute]:
        """The HTTP routes, with those of Cloud Run."""
        tables = {
            "pubsub": (rest.PUBSUB, self._pubsub.methods()),
            "kms": (rest.KMS, self._kms),
            "iam": (rest.IAM, self._policies.methods()),
        }
        own = [
            Route(CERTS_PATH, self._certificates),
            Route("/_isthmus/calls", self._counts),
            Route("/_isthmus/queues", self._queues),
            Route(PROJECTS_PATH, self._add_project, methods=["POST"]),
            Route(CLOCK_PATH, self._time, methods=["GET", "POST"]),
        ]
        # Every route before the one that fits costs a call a little: objects are what is asked for most.
        storage = self.storage.known()
        more = [*rest.routes(tables, self._gate), *self._account_calls.routes(), *self.storage.others(storage)]
        return [*storage, *run, *own, *more]

    async def _certificates(self, _: Request) -> Response:
        return JSONResponse(self.signer.certificates(), headers={"cache-control": "public, max-age=3600"})

    async def _counts(self, _: Request) -> Response:
        return JSONResponse(self.calls.totals())

    async def _queues(self, _: Request) -> Response:
        """What Cloud Monitoring would know of each subscription: how much waits, and since when the oldest does."""
        return JSONResponse(
            {
                queue.name.rpartition("/")[2]: {"messages": len(queue), "oldest_ms": queue.oldest_ns() // 1_000_000}
                for queue in self.state.queues.values()
            }
        )

    async def _add_project(self, request: Request) -> Response:
        """Lets a project be there that the server wasn't started with."""
        try:
            self.projects.add(str(msgspec.json.decode(await request.body())["project"]))
        except (msgspec.MsgspecError, ValueError, KeyError, TypeError, RecursionError) as error:
            return JSONResponse({"error": f"{error}; send project"}, 400)
        return JSONResponse({})

    async def _time(self, request: Request) -> Response:
        """Tells the time; a POST moves it forward first, and does at once all that is due then."""
        if request.method == "POST":
            try:
                self.clock.advance(float(msgspec.json.decode(await request.body())["advance_seconds"]))
            except (msgspec.MsgspecError, ValueError, KeyError, TypeError, RecursionError) as error:
                return JSONResponse({"error": f"{error}; send advance_seconds"}, 400)
            await self.catch_up()
        return JSONResponse({"now": self.clock.now()})

    async def catch_up(self) -> None:
        """Does at once what else is done now and then."""
        self._keys.rotate()
        for queue in list(self.state.queues.values()):
            queue.wake()
            queue.notify()
        await sweep(self.state)
        await self.storage.sweep()

    def rotate_keys(self) -> None:
        """Gives the keys whose time has come a new version."""
        self._keys.rotate()

    def close(self) -> None:
        """Writes what waits and closes the files."""
        closing: tuple[Any, ...] = (self.state, self._policies, self._keys, self._accounts, self.storage)
        for one in closing:
            one.close()
