"""Deployment packages for Lambda, built so that the same inputs give the same bytes.

A package holds what its function imports and nothing more: Isthmus's own code and the installed distributions that the
role needs, as pip recorded them. For another architecture the distributions come from a directory that pip filled for
it (`site=…`; tools/package_functions.py). The zip has sorted names, one date, fixed modes and no compression, so that
neither the file system nor the machine's compression library shows in it. DuckDB's library alone is compressed: it is
larger than the zip may be.
"""

from __future__ import annotations

import hashlib
import os
import sys
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path, PurePosixPath

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from isthmus.core.errors import ConfigurationError

ROLES: dict[str, tuple[str, ...]] = {
    "ingest": ("botocore", "google-auth", "google-cloud-pubsub", "google-crc32c", "msgspec", "requests"),
    "archive": ("botocore", "google-crc32c", "msgspec"),
    "alert": ("botocore", "google-crc32c", "msgspec"),
    "compact": ("botocore", "duckdb", "google-crc32c", "msgspec"),
    "bridge": ("botocore", "google-auth", "google-cloud-pubsub", "google-crc32c", "msgspec", "requests"),
    "ledger": ("botocore", "google-cloud-storage", "google-crc32c", "msgspec"),
}
"""The distributions that a role imports; what these need comes along."""

MAX_ZIP_BYTES = 50 * 1024 * 1024
"""Bytes of a zip that CreateFunction takes directly (AWS Lambda quotas, 2026-11)."""

OWN = (
    "__init__.py",
    "core",
    "adapters/__init__.py",
    "adapters/calls.py",
    "adapters/causes.py",
    "adapters/metadata.py",
    "adapters/aws",
    "adapters/channels",
    "adapters/gcp",
    "adapters/traces",
    "archive/__init__.py",
    "archive/balance.py",
    "archive/cache.py",
    "archive/catalogue.py",
    "archive/compact.py",
    "archive/engine.py",
    "archive/gauges.py",
    "archive/known.py",
    "archive/learning.py",
    "archive/parquet.py",
    "archive/recent.py",
    "archive/survey.py",
    "archive/tables.py",
    "functions",
)
CANARY = (
    "__init__.py",
    "adapters/__init__.py",
    "adapters/aws/__init__.py",
    "adapters/aws/faults.py",
    "adapters/aws/secret.py",
    "adapters/aws/session.py",
    "adapters/calls.py",
    "core/__init__.py",
    "core/errors.py",
    "core/gzipped.py",
    "functions/__init__.py",
    "functions/canary.py",
)
"""What the canary imports beside the SDK, which the runtime of CloudWatch Synthetics has."""
_NEVER = {
    # Asked for and not imported by what a Lambda does: the Pub/Sub client's own tracing (ours: docs/adr/0009), and
    # LDAP's ASN.1 modules. A test imports every package in an empty interpreter.
    "opentelemetry-api",
    "opentelemetry-sdk",
    "opentelemetry-semantic-conventions",
    "pyasn1-modules",
}
_SKIPPED_PARTS = {"__pycache__", "tests", "bin", "include"}
_SKIPPED_SUFFIXES = {".pyc", ".pyi", ".pyx", ".pxd", ".c", ".h", ".hpp", ".proto", ".md", ".rst"}
_INSTALLER_FILES = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}
BOTO_DATA = {"s3", "secretsmanager", "sesv2", "sns", "sqs", "sts"}
"""The services that functions call; the SDK's data of the others is left out."""

COMPRESSED = "_duckdb."
"""What the name of a library begins with that is compressed: 65 MB, of which 20 are left (DuckDB 2.0.0)."""

_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Package:
    """A built package.

    Attributes:
        path: The zip.
        sha256: Hex digest of its bytes.
        rebuilt: Whether this call wrote it.
    """

    path: Path
    sha256: str
    rebuilt: bool


def ensure(target: Path, *, source: Path | None = None, site: Path | None = None) -> list[Package]:
    """Builds every role's package below `target` where its inputs have changed.

    Args:
        target: The directory of the zips (`<role>.zip`).
        source: The package `isthmus`; this one unless told.
        site: A directory with the distributions for the target; the running interpreter's unless told.
    """
    target.mkdir(parents=True, exist_ok=True)
    source = source or Path(__file__).resolve().parents[1]
    own = {f"python/isthmus/{part}": source / part for part in CANARY}
    _write(target / "canary.zip", {"python/canary.py": source / "functions" / "aws" / "canary.py", **own})
    return [build(role, target / f"{role}.zip", source=source, site=site) for role in ROLES]


def build(role: str, path: Path, *, source: Path, site: Path | None = None) -> Package:
    """Builds one role's package unless it is there with the same inputs; arguments as for `ensure`.

    Raises:
        ConfigurationError: for an unknown role, a distribution that isn't installed, or a zip that Lambda won't take.
    """
    files = dict(sorted(_files(role, source, site)))
    stamp = path.with_suffix(".inputs")
    inputs = _fingerprint(files)
    rebuilt = not (path.exists() and stamp.exists() and stamp.read_text() == inputs)
    if rebuilt:
        _write(path, files)
        stamp.write_text(inputs)
    size = path.stat().st_size
    if size > MAX_ZIP_BYTES:
        raise ConfigurationError(f"the package has {size:,} bytes; Lambda takes {MAX_ZIP_BYTES:,}", where=str(path))
    return Package(path, hashlib.sha256(path.read_bytes()).hexdigest(), rebuilt)


def _fingerprint(files: dict[str, Path]) -> str:
    """Names, sizes and times: enough to see that nothing changed without reading 45 MB."""
    digest = hashlib.sha256(sys.version.encode())
    for name, path in files.items():
        facts = path.stat()
        digest.update(f"{name}\0{facts.st_size}\0{facts.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def _write(path: Path, files: dict[str, Path]) -> None:
    # Two processes may build at once, as tests do: each writes its own, and the same bytes.
    partial = path.with_suffix(f".{os.getpid()}.part")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as archive:
        for name, file in files.items():
            info = zipfile.ZipInfo(name, _DATE)
            info.create_system = 3
            info.external_attr = (0o100755 if file.suffix == ".so" else 0o100644) << 16
            compression = zipfile.ZIP_DEFLATED if name.startswith(COMPRESSED) else zipfile.ZIP_STORED
            archive.writestr(info, file.read_bytes(), compression)
    partial.replace(path)


def _files(role: str, source: Path, site: Path | None) -> Iterator[tuple[str, Path]]:
    if role not in ROLES:
        raise ConfigurationError(f"no function has the role {role!r}", fix=f"Known: {', '.join(ROLES)}.")
    yield from _own_files(source)
    if role == "compact":
        # The catalogue says which columns a type has. It lies beside `src`, and where there is no checkout, nowhere.
        for path in source.parents[1].glob("catalog/*.schema.json"):
            yield f"catalog/{path.name}", path
    for distribution in _closure(ROLES[role], site):
        yield from _distribution_files(distribution)


def _own_files(source: Path) -> Iterator[tuple[str, Path]]:
    for part in OWN:
        root = source / part
        paths: Iterable[Path] = root.rglob("*.py") if root.is_dir() else [root]
        for path in paths:
            yield f"isthmus/{path.relative_to(source).as_posix()}", path


def _closure(names: Iterable[str], site: Path | None) -> list[Distribution]:
    """The named distributions and all that they require here, each once."""
    known = distributions(path=[str(site)]) if site else distributions()
    installed = {canonicalize_name(d.name): d for d in known}
    found: dict[str, Distribution] = {}
    waiting = [Requirement(name) for name in names]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found or name in _NEVER:
            continue
        if name not in installed:
            raise ConfigurationError(f"the distribution {name} is not installed", fix="Run `make setup` again.")
        found[name] = installed[name]
        waiting += _requirements(installed[name], requirement.extras)
    return [found[name] for name in sorted(found)]


def _requirements(distribution: Distribution, extras: Iterable[str]) -> Iterator[Requirement]:
    environments = [{"extra": extra} for extra in extras] or [{"extra": ""}]
    for text in distribution.requires or ():
        requirement = Requirement(text)
        if requirement.marker is None or any(requirement.marker.evaluate(e) for e in environments):
            yield requirement


def _distribution_files(distribution: Distribution) -> Iterator[tuple[str, Path]]:
    for file in distribution.files or ():
        name = PurePosixPath(str(file))
        if _wanted(name):
            path = Path(str(distribution.locate_file(file)))
            if path.is_file():
                yield str(name), path


def _wanted(name: PurePosixPath) -> bool:
    if ".." in name.parts or name.is_absolute() or _SKIPPED_PARTS & set(name.parts):
        return False
    if name.suffix in _SKIPPED_SUFFIXES or name.name in _INSTALLER_FILES:
        return False
    if name.parts[:2] == ("botocore", "data") and len(name.parts) > 3:
        return name.parts[2] in BOTO_DATA
    return True
