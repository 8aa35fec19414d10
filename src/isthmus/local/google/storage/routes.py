"""The routes of Cloud Storage: the JSON API, what signed URLs and the Go client use of the XML API, and batches."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Container
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from isthmus.adapters.calls import Calls
from isthmus.local.google.accounts.store import Accounts
from isthmus.local.google.clock import Clock
from isthmus.local.google.storage.aclcalls import AclCalls
from isthmus.local.google.storage.answers import Handler, answered
from isthmus.local.google.storage.backend import Backend
from isthmus.local.google.storage.batch import Batch
from isthmus.local.google.storage.bucketcalls import BucketCalls
from isthmus.local.google.storage.encryption import UseKey
from isthmus.local.google.storage.errors import not_implemented
from isthmus.local.google.storage.faults import Faults
from isthmus.local.google.storage.gate import Gate
from isthmus.local.google.storage.hmackeys import HmacKeyCalls
from isthmus.local.google.storage.objectcalls import ObjectCalls
from isthmus.local.google.storage.upkeep import Publish, Upkeep
from isthmus.local.google.storage.uploadcalls import UploadCalls
from isthmus.local.google.storage.xmlcalls import XmlCalls, xml_error

_ALL = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
_log = logging.getLogger("isthmus.local.google")


class StorageApi:
    """Answers the calls.

    Args:
        data_dir: Where `storage.sqlite` is kept.
        calls: Where calls are counted, as `storage.<resource>.<method>`.
        clock: The time.
        accounts: Who signs URLs.
        use_key: Checks that a key of Cloud KMS can be used.
        publish: Publishes a notification.
        has_topic: Whether there is a topic of a name.
        projects: The projects that there are.

    Attributes:
        gate: What every call goes through.
    """

    def __init__(
        self,
        data_dir: Path,
        calls: Calls,
        clock: Clock,
        accounts: Accounts,
        use_key: UseKey,
        publish: Publish,
        has_topic: Callable[[str], bool],
        projects: Container[str],
    ) -> None:
        self._backend = Backend(data_dir / "storage.sqlite", clock, use_key)
        self._upkeep = Upkeep(self._backend, clock, publish)
        self._faults = Faults()
        self.gate = Gate(self._backend, calls, self._faults)
        self._buckets = BucketCalls(self._backend, self.gate, projects, has_topic)
        self._objects = ObjectCalls(self._backend, self.gate)
        self._uploads = UploadCalls(self._backend, self.gate)
        self._lists = AclCalls(self._backend, self.gate)
        self._hmac = HmacKeyCalls(accounts, self.gate, clock)
        self._xml = XmlCalls(self._backend, self.gate, accounts, clock)

    def start(self) -> list[asyncio.Task[None]]:
        """Begins what happens by itself; the tasks are to be cancelled at the end."""
        return [asyncio.create_task(self._upkeep.announce()), asyncio.create_task(self._upkeep.keep_up())]

    async def sweep(self) -> None:
        """Does all that is due now."""
        await self._upkeep.sweep()

    def close(self) -> None:
        """Writes what waits and closes the file."""
        self._backend.close()

    def known(self) -> list[BaseRoute]:
        """The routes of the JSON API, the busiest first."""
        return [Route(path, answered(handle), methods=methods) for path, methods, handle in self._table()]

    def others(self, known: list[BaseRoute]) -> list[BaseRoute]:
        """What comes behind all routes of all services: batches, the XML API, and 501 by name for anything else.

        Args:
            known: What a call of a batch may ask for.
        """
        roots = ("/storage", "/upload", "/download", "/batch", "/v1", "/v2")
        unknown = [Route(f"{root}/{{rest:path}}", answered(_unknown), methods=_ALL) for root in roots]
        plain = answered(self._xml.call, xml_error)
        methods = ["GET", "HEAD", "PUT", "POST", "DELETE"]
        batch = Batch([*known, *unknown])
        batches = [Route(path, answered(batch.call), methods=["POST"]) for path in ("/batch/storage/v1", "/batch")]
        return [*batches, *unknown, Route("/{bucket}/{rest:path}", plain, methods=methods)]

    def _table(self) -> list[tuple[str, list[str], Handler]]:
        bucket = "/storage/v1/b/{bucket}"
        return [
            ("/upload/storage/v1/b/{bucket}/o", ["POST", "PUT", "DELETE"], self._uploads.call),
            (f"{bucket}/o", ["GET"], self._objects.list),
            (f"{bucket}/o/{{rest:path}}", ["GET", "POST", "PUT", "PATCH", "DELETE"], self._object),
            ("/download/storage/v1/b/{bucket}/o/{rest:path}", ["GET"], self._objects.download),
            (bucket, ["GET"], self._buckets.get),
            (bucket, ["PATCH", "PUT"], self._buckets.change),
            (bucket, ["DELETE"], self._buckets.delete),
            ("/storage/v1/b", ["GET"], self._buckets.list),
            ("/storage/v1/b", ["POST"], self._buckets.create),
            (f"{bucket}/iam", ["GET", "PUT"], self._buckets.policy),
            (f"{bucket}/iam/testPermissions", ["GET"], self._buckets.test_policy),
            (f"{bucket}/restore", ["POST"], self._buckets.restore),
            (f"{bucket}/lockRetentionPolicy", ["POST"], self._buckets.lock),
            (f"{bucket}/notificationConfigs", ["GET", "POST"], self._buckets.notifications),
            (f"{bucket}/notificationConfigs/{{number}}", ["GET", "DELETE"], self._buckets.notification),
            (f"{bucket}/{{list}}", ["GET", "POST"], self._lists.all),
            (f"{bucket}/{{list}}/{{entity}}", ["GET", "PUT", "PATCH", "DELETE"], self._lists.one),
            ("/storage/v1/projects/{project}/serviceAccount", ["GET"], self._buckets.account),
            ("/storage/v1/projects/{project}/hmacKeys", ["GET", "POST"], self._hmac.all),
            ("/storage/v1/projects/{project}/hmacKeys/{key}", ["GET", "PUT", "DELETE"], self._hmac.one),
            ("/retry_test", ["POST"], self._faults.create),
            ("/retry_test/{test}", ["GET", "DELETE"], self._faults.one),
        ]

    async def _object(self, request: Request) -> Response:
        """Everything below one object's name; its access control lists are apart."""
        answer = await self._lists.of_object(request)
        return answer if answer is not None else await self._objects.call(request)


async def _unknown(request: Request) -> Response:
    _log.warning("%s %s was called and is not implemented", request.method, request.url.path)
    raise not_implemented(f"{request.method} {request.url.path}")
