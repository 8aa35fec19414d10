"""The site: built strictly, whole without the internet, and well to look at on a desk and on a phone."""

from __future__ import annotations

import functools
import http.server
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome"))), None
)
DESK, PHONE = (1280, 900), (390, 844)


def build(config: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """Builds a site as `make site` does."""
    words = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "--config-file",
        str(config),
        "--site-dir",
        str(target),
    ]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=200, env=environment)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built once."""
    target = tmp_path_factory.mktemp("site")
    done = build(ROOT / "mkdocs.yml", target)
    assert done.returncode == 0, done.stderr
    return target


class Seen(HTMLParser):
    """What a page refers to, loads and names."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.names: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.names |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "link" and given.get("rel") not in ("canonical", "prev", "next"):
            self.loaded.append(given["href"])
        elif "src" in given:
            self.loaded.append(given["src"])


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Seen]:
    """Every page, read."""
    return {path: Seen(path.read_text("utf-8")) for path in site.rglob("*.html") if path.name != "404.html"}


def test_nothing_that_a_page_loads_is_on_the_internet(pages: dict[Path, Seen]) -> None:
    found = {address for page in pages.values() for address in page.loaded if re.match(r"(\w+:)?//", address)}
    assert found == set()


def test_every_link_leads_to_a_page_and_to_a_place_that_is_there(pages: dict[Path, Seen]) -> None:
    """Also those that MkDocs does not look at: in what is written as HTML, and in the navigation."""
    broken = []
    for path, page in pages.items():
        for link in page.links:
            where, _, anchor = link.partition("#")
            if re.match(r"\w+:", link):
                continue
            target = (path.parent / unquote(where)).resolve() if where else path
            target = target / "index.html" if target.is_dir() else target
            there = target.is_file() and (not anchor or target not in pages or unquote(anchor) in pages[target].names)
            broken += [] if there else [f"{path.name}: {link}"]
    assert broken == []


def test_every_page_of_the_docs_is_in_the_navigation(site: Path, pages: dict[Path, Seen]) -> None:
    sources = {path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*.md")}
    shown = {path.relative_to(site) for path in pages}
    for source in sources:
        built = source.with_name("index.html") if source.name == "README.md" else source.with_suffix(".html")
        assert built in shown, source
    assert Path("index.html") in shown


def test_every_drawing_is_drawn(site: Path) -> None:
    charts = (ROOT / "docs" / "architecture.md").read_text("utf-8").count("```mermaid")
    page = (site / "architecture.html").read_text("utf-8")
    assert charts == page.count('<div class="drawing"><svg') > 5
    assert "mermaid" not in page


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[x](gone.md)", "gone.md"),
        ("[x](#nowhere)", "#nowhere"),
        ("[x](/absolute.md)", "absolute"),
        ("[x](folder)", "folder"),
    ],
)
def test_a_broken_link_stops_the_build(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text(f"# A page\n\n{text}\n")
    config = tmp_path / "mkdocs.yml"
    config.write_text(f"INHERIT: {ROOT / 'mkdocs.yml'}\ndocs_dir: docs\nhooks: []\nextra_css: []\nnav: [index.md]\n")
    done = build(config, tmp_path / "site")
    assert done.returncode == 1
    assert said in done.stderr


def tool(name: str) -> ModuleType:
    """A tool of the site as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("Do:\n- a\n- b", "Do:\n\n- a\n- b"),
        ("- a\n  more\n- b", "- a\n    more\n- b"),
        ("1. a\n   ```sh\n   - x\n   ```\n2. b", "1. a\n    ```sh\n    - x\n    ```\n2. b"),
        ("- a\n  - b\n    more", "- a\n    - b\n        more"),
        ("- a\n\nText", "- a\n\nText"),
        ("Text\n| a |\n| - |\n| 1 |", "Text\n\n| a |\n| - |\n| 1 |"),
        ("```\nx\n- y\n  - z\n```", "```\nx\n- y\n  - z\n```"),
    ],
)
def test_lists_are_written_as_python_markdown_reads_them(given: str, made: str) -> None:
    assert tool("site_lists").as_python_markdown(given) == made


def test_a_chart_that_is_not_understood_is_refused() -> None:
    with pytest.raises(ValueError, match="this is not drawn: a ==> b"):
        tool("site_drawings").read("flowchart LR\n  a ==> b\n")


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[str]:
    """The site on loopback."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def look(served: str) -> Iterator[Page]:
    """A page of the system's Chromium."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_it_can_be_read_on_a_desk_and_on_a_phone(look: Page, served: str, size: tuple[int, int]) -> None:
    """Nothing is asked of anybody else, nothing fails, no page is wider than its window, drawings can be seen."""
    asked: list[str] = []
    failed: list[str] = []
    look.on("request", lambda request: asked.append(request.url))
    look.on("pageerror", lambda error: failed.append(str(error)))
    look.set_viewport_size({"width": size[0], "height": size[1]})
    for name in ("index", "architecture", "reference/cli", "runbooks/failover", "tutorials/first-events", "adr/index"):
        look.goto(f"{served}/{name}.html", wait_until="networkidle")
        assert look.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0, name
        if name == "architecture":
            box = look.locator(".drawing rect").first.bounding_box()
            assert box is not None and box["width"] > 20
    assert [url for url in asked if not url.startswith((served, "data:", "blob:"))] == []
    assert failed == []


def test_the_search_finds_a_command(look: Page, served: str) -> None:
    look.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    look.goto(f"{served}/index.html", wait_until="networkidle")
    look.locator("input.md-search__input").click()
    look.keyboard.type("drift")
    found = look.locator(".md-search-result__link").first
    found.wait_for(timeout=30_000)
    assert "cli.html" in " ".join(
        one.get_attribute("href") or "" for one in look.locator(".md-search-result__link").all()
    )
