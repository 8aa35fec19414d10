"""Reading logs: those of the parts, and of the functions that they run (files on Google, CloudWatch Logs on AWS)."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from isthmus.core.errors import ConfigurationError
from isthmus.local import process
from isthmus.local.endpoints import Endpoints
from isthmus.local.errors import NotUp
from isthmus.local.function_logs import GROUP_PREFIX
from isthmus.local.rundir import RunDirectory

POLL_SECONDS = 0.2
ANSWER_SECONDS = 5.0


class Log(Protocol):
    """A log that grows."""

    def last(self, count: int) -> Iterator[str]:
        """The last lines, oldest first; `more` goes on behind them."""
        ...

    def more(self) -> Iterator[str]:
        """What was added since the last call."""
        ...


@dataclass
class FileLog:
    """A log in a file; one that is replaced is read from its start."""

    path: Path
    _offset: int = 0

    def last(self, count: int) -> Iterator[str]:
        """The last lines of the file."""
        yield from deque(self.more(), maxlen=count)

    def more(self) -> Iterator[str]:
        """The whole lines that were added."""
        size = self.path.stat().st_size if self.path.exists() else 0
        if size < self._offset:
            self._offset = 0
        if size == self._offset:
            return
        with self.path.open("rb") as handle:
            handle.seek(self._offset)
            added = handle.read(size - self._offset)
        whole = added.rfind(b"\n") + 1
        self._offset += whole
        yield from added[:whole].decode(errors="replace").splitlines()


@dataclass
class CloudWatchLog:
    """A log group of the local AWS.

    Attributes:
        client: boto3's of CloudWatch Logs.
        group: The group's name.
    """

    client: Any
    group: str
    _since_ms: int = 0
    _told: int = 0

    def last(self, count: int) -> Iterator[str]:
        """The last lines of the group."""
        yield from deque(self.more(), maxlen=count)

    def more(self) -> Iterator[str]:
        """The lines of the events that were added. They have no ids here: those of the last millisecond are counted."""
        pages = self.client.get_paginator("filter_log_events").paginate(
            logGroupName=self.group, startTime=self._since_ms
        )
        events = sorted((event for page in pages for event in page["events"]), key=lambda event: event["timestamp"])
        for event in events[self._told :]:
            self._told = self._told + 1 if event["timestamp"] == self._since_ms else 1
            self._since_ms = event["timestamp"]
            yield from str(event["message"]).splitlines()


def logs(run: RunDirectory, part: str | None = None) -> dict[str, Log]:
    """The log of a part or a function by name (`gcp`, `gcp.ingest`), or all of them.

    Raises:
        NotUp: Nothing was ever started here.
        ConfigurationError: Nothing of that name has logged.
    """
    found: dict[str, Log] = {path.stem: FileLog(path) for path in sorted((run.root / "logs").glob("*.log"))}
    if not found:
        raise NotUp("there are no logs: nothing was started here yet", where=str(run.root))
    found |= {_role("gcp", path.stem): FileLog(path) for path in (run.data("gcp") / "logs").glob("run-*.log")}
    found |= _of_lambda(run)
    if part is None:
        return dict(sorted(found.items()))
    if part not in found:
        fix = f"name one of: {', '.join(sorted(found))}; the functions on AWS log while it is up"
        raise ConfigurationError(f"there is no log of “{part}”", fix=fix)
    return {part: found[part]}


def follow(found: Mapping[str, Log]) -> Iterator[tuple[str, str]]:
    """What is added to the logs from now on, without end, each line with its log's name."""
    while True:
        for name, log in found.items():
            for line in log.more():
                yield name, line
        time.sleep(POLL_SECONDS)


def _of_lambda(run: RunDirectory) -> dict[str, Log]:
    """The functions' logs on AWS; none while it is not up or does not answer."""
    record = run.read()
    part = record.parts.get("aws")
    if part is None or not process.alive(part) or "aws" not in record.ports:
        return {}
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    from isthmus.adapters.aws.session import as_if_tls

    config = Config(connect_timeout=1.0, read_timeout=ANSWER_SECONDS, retries={"total_max_attempts": 1}, proxies={})
    options = Endpoints.of(record).aws_client_options()
    client = as_if_tls(boto3.client("logs", config=config, **options))
    try:
        groups = client.describe_log_groups(logGroupNamePrefix=GROUP_PREFIX)["logGroups"]
    except (BotoCoreError, ClientError):
        return {}
    names = [str(group["logGroupName"]) for group in groups]
    return {_role("aws", name): CloudWatchLog(client, name) for name in names}


def _role(cloud: str, name: str) -> str:
    """`aws.ingest` for what is called isthmus-dev-ingest."""
    return f"{cloud}.{name.rpartition('-')[2]}"
