"""The run directory: the one place on disk where a run keeps its ports, process ids, key, data and logs."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from isthmus.core.errors import ConfigurationError
from isthmus.local.errors import Busy, HostProblem
from isthmus.local.project import work_dir

FORMAT = 1
DEFAULT = Path(".isthmus") / "run"
_FOLDERS = ("data", "tmp", "logs")
LOCK = "lock"
"""What tells that a folder is a run's: it is held while something is started or stopped."""
FREE_BYTES_MIN = 200 * 1024 * 1024


@dataclass(frozen=True)
class PartRecord:
    """A process that was started: enough to find it again, and never to take another for it.

    Attributes:
        pid: Process id; the process leads a group of the same id.
        started: The identity of the process beyond its id (see `process.identity`).
        fingerprint: Digest of its command and environment: another one means that it must be restarted.
    """

    pid: int
    started: str
    fingerprint: str


@dataclass(frozen=True)
class RunRecord:
    """The content of `run.json`.

    Attributes:
        ports: Port by endpoint or link name; kept while the run is down, so that it comes back on the same ones.
        parts: What runs.
        api_key: The key that producers of this run use; made by the first `up`.
        proxy_token: Secret of the fault proxies' control endpoint.
        control_token: Secret of the control process.
        console_token: What opens the console in a browser.
        applied: For each Terraform stack, the digest of what was last applied.
        unsaved: Clouds that ended without saving their state, until their archive has been filled up again.
        outputs: The Terraform outputs of each cloud's stack.
        enforce_iam: Whether the local AWS refuses what its policies don't allow.
        remote_state: Whether states are in buckets of the local clouds, which the bootstrap layer makes.
    """

    ports: Mapping[str, int] = field(default_factory=dict)
    parts: Mapping[str, PartRecord] = field(default_factory=dict)
    api_key: str = ""
    proxy_token: str = ""
    control_token: str = ""
    console_token: str = ""
    applied: Mapping[str, str] = field(default_factory=dict)
    unsaved: tuple[str, ...] = ()
    outputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    enforce_iam: bool = False
    remote_state: bool = False
    format: int = FORMAT


_decoder = msgspec.json.Decoder(RunRecord)


class RunDirectory:
    """Paths of a run, and its record with atomic writes."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()

    @classmethod
    def current(cls, environ: Mapping[str, str] = os.environ) -> RunDirectory:
        """The run directory of this shell: ISTHMUS_RUN_DIR, or the project's `.isthmus/run` from wherever it is called;
        of an installed package, in the user's state folder.

        Without a project it is under the current folder.
        """
        named = environ.get("ISTHMUS_RUN_DIR")
        if named:
            return cls(Path(named))
        with contextlib.suppress(ConfigurationError):
            return cls(work_dir() / DEFAULT)
        return cls(DEFAULT)

    @property
    def record_file(self) -> Path:
        """`run.json`: it holds the API key, so only its owner may read it."""
        return self.root / "run.json"

    def data(self, part: str) -> Path:
        """Where a part keeps what must survive `down`."""
        return self.root / "data" / part

    @property
    def traces(self) -> Path:
        """Where every process of the run writes its spans; kept over `down`."""
        return self.root / "data" / "traces"

    def scratch(self, part: str) -> Path:
        """Where a part puts temporary files; emptied whenever the part is started."""
        return self.root / "tmp" / part

    def log(self, part: str) -> Path:
        """The log file of a part."""
        return self.root / "logs" / f"{part}.log"

    def create(self) -> None:
        """Makes the folders, and checks that there is room to work in."""
        for folder in _FOLDERS:
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o700)
        if shutil.disk_usage(self.root).free < FREE_BYTES_MIN:
            raise HostProblem(
                f"less than {FREE_BYTES_MIN // 1024**2} MiB are free on the disk",
                where=str(self.root),
                fix="free some space, or set ISTHMUS_RUN_DIR to a folder on another disk",
            )

    def claim(self) -> None:
        """Makes the folder a run's, for what is written there before the first `up`.

        Raises:
            ConfigurationError: The folder holds something else, which a purge would remove.
        """
        self._require_own()
        self.root.mkdir(parents=True, exist_ok=True)
        (self.root / LOCK).touch()

    def planned(self, by: str) -> Path:
        """Where a command that plans without clouds may write: of this run alone, so that no other project's is met."""
        self.claim()
        return self.root / by

    def read(self) -> RunRecord:
        """The record, an empty one where nothing was ever started."""
        try:
            record = _decoder.decode(self.record_file.read_bytes())
        except FileNotFoundError:
            return RunRecord()
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._unreadable(str(error)) from error
        if record.format != FORMAT:
            raise self._unreadable(f"format {record.format}")
        return record

    def write(self, record: RunRecord) -> None:
        """Replaces the record; a reader sees the old one or the new one, whole."""
        write_atomically(self.record_file, json.dumps(_plain(record), indent=2) + "\n")

    def update(self, **changes: Any) -> RunRecord:
        """Changes some fields of the record. Only under the lock."""
        record = replace(self.read(), **changes)
        self.write(record)
        return record

    @contextlib.contextmanager
    def lock(self, timeout_seconds: float = 60.0) -> Iterator[None]:
        """Holds the run for one command that starts or stops things; the kernel lets go when the process dies.

        Raises:
            Busy: Another command held it all the time.
            ConfigurationError: The folder holds something else, which a purge would remove.
        """
        self.claim()
        with (self.root / LOCK).open("a+") as handle:
            _acquire(handle.fileno(), timeout_seconds, self.root)
            yield

    def purge(self) -> None:
        """Removes everything but the lock that the caller holds."""
        for entry in self.root.iterdir():
            if entry.name == LOCK:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    def _require_own(self) -> None:
        found = {entry.name for entry in self.root.iterdir()} if self.root.is_dir() else set()
        if found - set(_FOLDERS) and not found & {LOCK, self.record_file.name}:
            raise ConfigurationError(
                "the folder for the run holds other things",
                where=str(self.root),
                fix="set ISTHMUS_RUN_DIR to a folder that is empty or not there yet",
            )

    def _unreadable(self, why: str) -> ConfigurationError:
        return ConfigurationError(
            f"the record of this run can't be read ({why})",
            where=str(self.record_file),
            fix="delete the file, then run `isthmus up`: it finds what still runs and starts afresh",
        )


def write_atomically(path: Path, text: str, mode: int = 0o600) -> None:
    """Writes a file so that a crash or a full disk leaves the old content or the new, never a part of it."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _plain(record: RunRecord) -> dict[str, Any]:
    return {**record.__dict__, "parts": {name: asdict(part) for name, part in record.parts.items()}}


def _acquire(descriptor: int, timeout_seconds: float, where: Path) -> None:
    deadline = time.monotonic() + timeout_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise Busy(
                    "another command is starting or stopping this run", where=str(where), fix="wait for it to end"
                ) from None
            time.sleep(0.05)
