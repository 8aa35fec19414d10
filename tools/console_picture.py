"""Takes the README's pictures: AWS is cut off and Google takes over; then it heals, and a trace and the ledger show it.

Needs a run that is up with its edge (`isthmus up`, `isthmus failover status`) and the system's Chromium:

    python tools/console_picture.py
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from isthmus.cli.console import address
from isthmus.local.rundir import RunDirectory

IMAGES = Path(__file__).parents[1] / "docs/images"
FLOW_MS = 30_000
OUTAGE_MS = 12_000
PATIENCE_MS = 60_000
SIZE = {"width": 1440, "height": 1130}
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run")
SIDE_BY_SIDE = """() => {
  for (const part of document.querySelectorAll("#main > *")) part.hidden = !["ledger", "traces"].includes(part.id);
  document.getElementById("ledger").style.gridColumn = "1 / 2";
  document.getElementById("traces").style.gridColumn = "2 / -1";
  for (const part of document.querySelectorAll("#main > [hidden]")) part.style.display = "none";
  document.querySelector(".tracelist").style.display = "none";
  document.querySelector(".traces").style.gridTemplateColumns = "minmax(0, 1fr)";
}"""
"""Leaves the ledger and the opened trace on the page, one beside the other: a README is narrow."""


def main() -> None:
    """Writes both pictures."""
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
            outage(page)
        finally:
            page.get_by_role("button", name="Heal AWS").click()
            page.get_by_role("button", name="Stop sending").click()
        proof(page)
        browser.close()


def outage(page: Page) -> None:
    """Cuts AWS off and takes the picture of the two clouds."""
    page.get_by_role("button", name="Break AWS").click()
    page.wait_for_timeout(OUTAGE_MS)
    page.mouse.move(0, 0)
    page.screenshot(path=IMAGES / "console.png")


def proof(page: Page) -> None:
    """Waits until AWS has caught up, and takes the picture of the ledger beside a trace."""
    expect(page.locator("#ledger .scale")).to_contain_text("Both archives hold the same", timeout=PATIENCE_MS)
    page.get_by_role("button", name="Compare now").click()
    page.locator("#ledger summary").click(timeout=PATIENCE_MS)
    expect(page.locator("#ledger tbody tr.warn")).to_have_count(0)
    expect(page.locator("#traces .spans li").nth(4)).to_be_visible(timeout=PATIENCE_MS)
    page.evaluate(SIDE_BY_SIDE)
    page.mouse.move(0, 0)
    page.locator("#main").screenshot(path=IMAGES / "ledger-and-trace.png")


if __name__ == "__main__":
    main()
