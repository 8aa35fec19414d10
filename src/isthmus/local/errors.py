"""What can go wrong with the laptop runtime.

IsthmusError
├── NotUp              nothing runs here, or not the part that is needed
├── PartFailed         a part did not start, or ended when it should not
├── Busy               another `isthmus` is starting or stopping this run
└── HostProblem        the machine: full disk, no permission, a port in use, a missing file
"""

from __future__ import annotations

import errno
import os

from isthmus.core.errors import IsthmusError


class NotUp(IsthmusError):
    """The clouds, or the part that is needed, are not running."""

    def __init__(self, what: str = "the clouds are not up", *, where: str = "", fix: str = "run `isthmus up`") -> None:
        super().__init__(what, where=where, fix=fix)


class PartFailed(IsthmusError):
    """A part did not become ready, or can't be stopped."""


class Busy(IsthmusError):
    """Another command is starting or stopping the same run."""


class HostProblem(IsthmusError):
    """The machine, not Isthmus, is in the way."""


SENTENCES = {
    errno.ENOSPC: (
        "the disk is full",
        "free some space (`isthmus down --purge` removes the data of this run), then try again",
    ),
    errno.EDQUOT: ("the disk quota is used up", "free some space, then try again"),
    errno.EROFS: ("the file system is read-only", "set ISTHMUS_RUN_DIR to a folder that can be written"),
    errno.EACCES: (
        "permission denied",
        "make the file readable and its folder writable for this user, or choose another",
    ),
    errno.EPERM: ("not permitted", "run as the user that owns it"),
    errno.ENOENT: ("no such file or folder", "check the name"),
    errno.EISDIR: ("this is a folder, a file is needed", "name a file"),
    errno.ENOTDIR: ("a file is where a folder is needed", "name another place"),
    errno.EEXIST: ("a file is where a folder is needed", "name another place, or remove the file"),
    errno.ENAMETOOLONG: ("the name is too long for this file system", "name a shorter one"),
    errno.EFBIG: (
        "the file would be larger than is allowed",
        "raise the limit (`ulimit -f`), then try again",
    ),
    errno.EADDRINUSE: ("the port is in use", "stop what listens there; `isthmus up` chooses another port by itself"),
    errno.EMFILE: ("too many open files", "raise the limit (`ulimit -n 4096`), then try again"),
    errno.ENOMEM: ("out of memory", "close something, then try again"),
}


def from_os_error(error: OSError) -> HostProblem:
    """Turns an operating-system error into a sentence that says what to do."""
    what, fix = SENTENCES.get(error.errno or 0, (error.strerror or str(error), "run again with --debug to see where"))
    return HostProblem(what, where=os.fsdecode(error.filename) if error.filename else "", fix=fix)
