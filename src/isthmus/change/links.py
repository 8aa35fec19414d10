"""Links of the Markdown pages: a file or a heading that one names must be there. Addresses of the web are not asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from isthmus.change.report import Problem

RULE = "links"
_LINK = re.compile(r"(?<!\\)\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
_DEFINITION = re.compile(r"^ {0,3}\[[^\]]+\]:\s*<?(\S+?)>?\s*$")
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$")
_ANCHOR = re.compile(r"<[^>]*\b(?:id|name)=\"([^\"]+)\"")


def links(root: Path, files: tuple[str, ...]) -> Iterator[Problem]:
    """Looks at each relative link of each page.

    Args:
        root: The project.
        files: The pages, from the root.
    """
    for name in files:
        page = root / name
        for line, target in _targets(page.read_text("utf-8")):
            wrong = _wrong(root, page, target)
            if wrong:
                yield Problem(RULE, f"{target}: {wrong}", file=name, line=line, fix="mend the link, or take it out")


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings as GitHub makes them, and those that the page sets itself."""
    found: set[str] = set()
    for _, line in _prose(text):
        found |= set(_ANCHOR.findall(line))
        heading = _HEADING.match(line)
        if heading:
            slug = _slug(heading[1])
            number = 0
            while (slug if not number else f"{slug}-{number}") in found:
                number += 1
            found.add(slug if not number else f"{slug}-{number}")
    return found


def _targets(text: str) -> Iterator[tuple[int, str]]:
    for number, line in _prose(text):
        bare = _CODE.sub("", line)
        for target in (*_LINK.findall(bare), *_DEFINITION.findall(bare)):
            yield number, target


def _wrong(root: Path, page: Path, target: str) -> str:
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return ""
    path = unquote(parts.path)
    found = page if not path else root / path.lstrip("/") if path.startswith("/") else page.parent / path
    if not found.exists():
        return "there is no such file"
    if parts.fragment and found.suffix == ".md" and unquote(parts.fragment) not in _anchors_of(found.resolve()):
        return f"{found.name} has no such heading"
    return ""


@cache
def _anchors_of(page: Path) -> set[str]:
    return anchors(page.read_text("utf-8"))


def _prose(text: str) -> Iterator[tuple[int, str]]:
    """The lines outside of fences, numbered from 1."""
    fence = ""
    for number, line in enumerate(text.splitlines(), start=1):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
            fence = ""
        elif not fence:
            yield number, line


def _slug(heading: str) -> str:
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.replace("`", ""))
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")
