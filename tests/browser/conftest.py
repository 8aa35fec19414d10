"""A run with its console, and the system's own Chromium to look at it; without a Chromium these tests are skipped."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import boto3
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from isthmus.adapters.aws.session import as_if_tls
from isthmus.cli.console import address
from isthmus.local import lifecycle, process
from isthmus.local.dlq import operations
from isthmus.local.dns import edge
from isthmus.local.endpoints import Endpoints
from isthmus.local.network import Network
from isthmus.local.rundir import RunDirectory
from isthmus.local.supervise import Supervisor

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PATIENCE_MS = 60_000
"""How long something on the page may take: machines that build are busy."""


@dataclass
class Site:
    """A run that is looked at.

    Attributes:
        run: The run.
        url: The console's address, with its key.
    """

    run: RunDirectory
    url: str

    @property
    def endpoints(self) -> Endpoints:
        """Where its clouds answer."""
        return Endpoints.require(self.run)

    def heal(self) -> None:
        """Mends everything."""
        Network.of(self.run).heal()


@dataclass
class Watched:
    """What went wrong on a page.

    Attributes:
        problems: Errors and warnings of its console, and exceptions.
    """

    problems: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Notes what goes wrong from now on."""
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("requestfailed", lambda request: self._failed(request.url, request.failure or ""))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"{message.type}: {message.text}")

    def _failed(self, url: str, why: str) -> None:
        # A page that is closed ends its own stream.
        if "ERR_ABORTED" not in why:
            self.problems.append(f"{url}: {why}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's browser, gone after the last test of its file: its driver occupies the thread's event loop."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip(f"there is no Chromium on the PATH ({', '.join(NAMES)}); on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A run that is up, with its edge and its console."""
    expect.set_options(timeout=PATIENCE_MS)
    run = RunDirectory(tmp_path_factory.mktemp("console") / "run")
    try:
        lifecycle.up(run, console=True)
        edge.ensure(run)
        yield Site(run, address(run) or "")
    finally:
        lifecycle.down(run, purge=True)


@pytest.fixture
def watched() -> Watched:
    """What went wrong on the test's pages; it must be nothing."""
    return Watched()


@pytest.fixture
def page(chromium: Browser, site: Site, watched: Watched) -> Iterator[Page]:
    """The console on a desk, in light colours."""
    yield from opened(chromium, site, watched, 1440, "light")


@pytest.fixture
def phone(chromium: Browser, site: Site, watched: Watched) -> Iterator[Page]:
    """The console on a phone, in dark colours."""
    yield from opened(chromium, site, watched, 390, "dark")


def opened(chromium: Browser, site: Site, watched: Watched, width: int, scheme: str) -> Iterator[Page]:
    """Opens the console in a browser of its own, which has nothing but loopback."""
    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    host = site.url.split("/")[2]
    strangers: list[str] = []
    context.on(
        "request", lambda request: None if request.url.split("/")[2:3] == [host] else strangers.append(request.url)
    )
    page = context.new_page()
    watched.watch(page)
    page.goto(site.url)
    expect(page.locator("#connection")).to_contain_text("live")
    yield page
    context.close()
    site.heal()
    assert [url for url in strangers if not url.startswith("data:")] == []
    assert watched.problems == []


@pytest.fixture
def poison(site: Site) -> Iterator[Callable[[], None]]:
    """Puts something into AWS's archive queue that is no frame; what comes of it is taken away again."""
    sqs = as_if_tls(boto3.client("sqs", **site.endpoints.aws_client_options()))
    queue = f"{site.endpoints.aws}/{site.endpoints.account_id}/isthmus-dev-archive"
    yield lambda: sqs.send_message(QueueUrl=queue, MessageBody="not a frame")
    (letters,) = operations.queues(site.endpoints, "aws/archive")
    assert process.wait_until(lambda: letters.count() == 1, PATIENCE_MS / 1000)
    operations.discard(letters)


@pytest.fixture
def restarted(site: Site, watched: Watched) -> Callable[[Page], None]:
    """Stops the console under a page and starts it again, as a crash would."""

    def restart(page: Page) -> None:
        with site.run.lock():
            supervisor = Supervisor(site.run)
            supervisor.stop("console")
            expect(page.locator("#connection")).not_to_have_attribute("data-state", "live")
            supervisor.ensure("console")
        expect(page.locator("#connection")).to_have_attribute("data-state", "live")
        # That nobody answered meanwhile is told by the browser, and right.
        watched.problems.clear()

    return restart
