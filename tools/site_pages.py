"""Makes of docs/ what MkDocs can build: a hook of mkdocs.yml.

Pages are written for the repository's host: they refer to files outside of docs/, lists are indented as CommonMark has
them, and drawings are Mermaid. Here the files that are referred to become pages of the site, so that no address of a
host is needed; lists become what Python-Markdown reads; drawings become SVG, so that nothing is fetched.
"""

from __future__ import annotations

import posixpath
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

sys.path.insert(0, str(Path(__file__).parent))

from site_drawings import draw
from site_lists import as_python_markdown

ROOT = Path(__file__).resolve().parent.parent
HOME = "README.md"
OUTSIDE = "repository"
"""The folder of the site that holds what is outside of docs/."""
PROJECT = ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "AGENTS.md")
"""Pages of the repository that belong into the navigation."""
LINK = re.compile(r"(\]\()([^)\s]+)(\))")
_FENCE = re.compile(r"^( *)```.*?^\1```$", re.DOTALL | re.MULTILINE)
_MERMAID = re.compile(r"^```mermaid\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LANGUAGES = {".py": "python", ".tf": "hcl", ".yaml": "yaml", ".yml": "yaml", ".json": "json", ".toml": "toml"}


def on_config(config: Any) -> Any:
    """Puts the pages of a folder into the navigation where it names one."""
    config.nav = [_expanded(entry) for entry in config.nav or []]
    for entry in config.nav:
        if isinstance(entry, dict) and "Project" in entry:
            entry["Project"] += [address(name) for name in PROJECT]
    return config


def _expanded(entry: Any) -> Any:
    if isinstance(entry, dict):
        ((title, below),) = entry.items()
        return {title: _folder(below) if isinstance(below, str) and below.endswith("/") else _expanded(below)}
    return [_expanded(one) for one in entry] if isinstance(entry, list) else entry


def _folder(name: str) -> list[str]:
    pages = sorted(f"{name}{path.name}" for path in (ROOT / "docs" / name).glob("*.md"))
    return sorted(pages, key=lambda page: (not page.endswith("README.md"), _order(page), page))


def _order(page: str) -> int:
    """Tutorials in the order in which they are walked: that of their own table."""
    index = ROOT / "docs" / posixpath.dirname(page) / "README.md"
    found = index.read_text("utf-8").find(f"({posixpath.basename(page)})") if index.is_file() else 0
    return found if found >= 0 else 1_000_000


def on_files(files: Files, config: Any) -> Files:
    """Adds the front page, and every file of the repository that a page refers to, from page to page."""
    waiting = [HOME, *PROJECT, *(f"docs/{file.src_uri}" for file in files if file.src_uri.endswith(".md"))]
    seen: set[str] = set()
    while waiting:
        source = waiting.pop()
        if source in seen:
            continue
        seen.add(source)
        text = _page_of(source)
        if not source.startswith("docs/"):
            files.append(File.generated(config, address(source), content=text))
        waiting += [target for target in _targets(text, source) if not target.startswith("docs/")]
    return files


def _targets(text: str, source: str) -> Iterator[str]:
    for _, link, _ in LINK.findall(_FENCE.sub("", text)):
        if found := _target(link, source):
            yield found


def _target(link: str, source: str) -> str:
    """The file or folder of the repository that a link of a page names; empty where it is none."""
    path = link.partition("#")[0]
    if not path or "://" in path or path.startswith(("mailto:", "/")):
        return ""
    found = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
    if found.startswith("..") or not (ROOT / found).exists():
        return ""
    return f"{found}/README.md" if (ROOT / found / "README.md").is_file() else found


def address(source: str) -> str:
    """Where a file of the repository is in the site, as MkDocs names sources."""
    if source == HOME:
        return "index.md"
    if source.startswith("docs/"):
        return source.removeprefix("docs/")
    return f"{OUTSIDE}/{source}" if source.endswith(".md") else f"{OUTSIDE}/{source}.md"


def source_of(uri: str) -> str:
    """The file of the repository that a page of the site is of; the reverse of `address`."""
    if uri == "index.md":
        return HOME
    if not uri.startswith(f"{OUTSIDE}/"):
        return f"docs/{uri}"
    found = uri.removeprefix(f"{OUTSIDE}/")
    return found if (ROOT / found).is_file() else found.removesuffix(".md")


def _page_of(source: str) -> str:
    """The Markdown of a file: its own, or a page that shows it; of a folder, its files."""
    path = ROOT / source
    if path.is_dir():
        listed = subprocess.run(
            ["git", "ls-files", source], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        rows = "".join(f"- `{name}`\n" for name in listed.splitlines())
        return f"# {source}\n\nFiles of the repository:\n\n{rows}"
    text = path.read_text("utf-8")
    if source.endswith(".md"):
        return text
    fence = "`" * 4
    return f"# {source}\n\n{fence}{_LANGUAGES.get(path.suffix, 'text')}\n{text}\n{fence}\n"


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Turns links to files into links to pages, and lists and drawings into what the site can show."""
    uri = page.file.src_uri
    source = source_of(uri)

    def relinked(found: re.Match[str]) -> str:
        target = _target(found[2], source)
        if not target:
            return found[0]
        to = posixpath.relpath(address(target), posixpath.dirname(uri) or ".")
        anchor = found[2].partition("#")[2]
        return f"{found[1]}{to}{'#' + anchor if anchor else ''}{found[3]}"

    text = outside_of_fences(markdown, lambda part: LINK.sub(relinked, part))
    return as_python_markdown(_MERMAID.sub(lambda found: draw(found[1]), text))


def outside_of_fences(text: str, change: Any) -> str:
    """Changes what is not code."""
    parts, at = [], 0
    for found in _FENCE.finditer(text):
        parts += [change(text[at : found.start()]), found[0]]
        at = found.end()
    return "".join([*parts, change(text[at:])])
