"""Takes the README's pictures: AWS is cut off and Google takes over; then it heals, and a trace and the ledger show it.

Needs a run that is up with its edge (`isthmus up`, `isthmus failover status`) and the system's Chromium:

    python tools/console_picture.py
"""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from isthmus.cli.console import address
from isthmus.local.rundir import RunDirectory

IMAGES = Path(__file__).parents[1] / "docs/images"
FLOW_MS = 30_000
OUTAGE_MS = 12_000
HEALED_MS = 10_000
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
            page.wait_for_timeout(HEALED_MS)
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
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while page.locator("#ledger tbody td:last-child").all_text_contents() not in (["✓"], ["✓", "✓"]):
        if time.monotonic() > deadline:
            sys.exit("the archives are not level a minute after the heal: see `isthmus replication status`")
        page.get_by_role("button", name="Compare now").click()
        page.wait_for_timeout(2_000)
    page.locator("#ledger summary").click()
    expect(page.locator("#ledger .scale")).to_contain_text("Both archives hold the same")
    whole_trace(page)
    page.evaluate(SIDE_BY_SIDE)
    page.mouse.move(0, 0)
    page.locator("#main").screenshot(path=IMAGES / "ledger-and-trace.png")


def whole_trace(page: Page) -> None:
    """Opens a trace that reached both archives: its bridge's spans are there, and none failed."""
    for key in [entry.get_attribute("data-key") or "" for entry in page.locator(".tracelist button").all()]:
        page.locator(f'.tracelist button[data-key="{key}"]').click()
        expect(page.locator("#traces .fall-head code")).to_have_text(key[:16])
        texts = " ".join(page.locator("#traces .spans li").all_inner_texts())
        failed = page.locator("#traces .spans li.bad").count()
        if not failed and "aws.archive" in texts and "gcp.archive" in texts:
            return
    sys.exit("no trace has reached both archives: run this again")


if __name__ == "__main__":
    main()
