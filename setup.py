"""Puts the project's own files into the package as `isthmus/_project`, so that an installed Isthmus needs no clone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
TARGET = Path("isthmus") / "_project"
CARRIED = ("catalog", "examples", "gamedays", "policy", "terraform", "usage")
"""Folders that the program reads."""
LEFT = {".terraform", ".terraform.lock.hcl", "__pycache__", ".isthmus"}


def carried() -> Iterator[Path]:
    """Each file that goes along, from the project's root."""
    for folder in CARRIED:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and not LEFT & set(path.parts):
                yield path.relative_to(ROOT)


class BuildWithProject(build_py):
    """The build of the package, and the project's files after it. An editable install finds them in the clone."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            for name in carried():
                target = Path(self.build_lib) / TARGET / name
                self.mkpath(str(target.parent))
                self.copy_file(str(ROOT / name), str(target), preserve_mode=False)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """What the build makes, for those who list it."""
        own = [] if self.editable_mode else [str(Path(self.build_lib) / TARGET / name) for name in carried()]
        return [*super().get_outputs(include_bytecode), *own]


setup(cmdclass={"build_py": BuildWithProject})
