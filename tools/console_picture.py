"""Takes the README's picture of the console: flights flow, AWS is cut off, Google takes over; then it heals.

Needs a run that is up with its edge (`isthmus up`, `isthmus failover status`) and the system's Chromium:

    python tools/console_picture.py docs/images/console.png
"""

from __future__ import annotations

import shutil
import sys

from playwright.sync_api import Page, sync_playwright

from isthmus.cli.console import address
from isthmus.local.rundir import RunDirectory

FLOW_MS = 60_000
OUTAGE_MS = 12_000
SIZE = {"width": 1440, "height": 1330}
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run")


def main(path: str) -> None:
    """Writes the picture."""
    url = address(RunDirectory.current())
    if url is None:
        sys.exit("the console does not run: start it with `isthmus up`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport=SIZE, color_scheme="light")  # type: ignore[arg-type]
        page.goto(url)
        page.get_by_label("How many flights a second").select_option("500 flights a second")
        page.get_by_role("button", name="Send flights").click()
        page.wait_for_timeout(FLOW_MS)
        try:
            outage(page, path)
        finally:
            page.get_by_role("button", name="Heal AWS").click()
            page.get_by_role("button", name="Stop sending").click()
            page.wait_for_timeout(1000)
            browser.close()


def outage(page: Page, path: str) -> None:
    """Cuts AWS off and takes the picture."""
    page.get_by_role("button", name="Break AWS").click()
    page.wait_for_timeout(OUTAGE_MS)
    page.mouse.move(0, 0)
    page.screenshot(path=path)


if __name__ == "__main__":
    main(*sys.argv[1:])
