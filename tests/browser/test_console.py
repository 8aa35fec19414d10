"""The console in a real browser: every panel, breaking and healing, the keyboard, a phone, and accessibility."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
TOO_WIDE = """
[...document.querySelectorAll("main *, header *, footer *")]
  .filter((one) => one.getClientRects().length && !one.closest(".jump, .scroll, .unseen"))
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => one.outerHTML.slice(0, 120))
"""
SOME = re.compile(r"[1-9]")


def send(page: Page) -> None:
    """Lets flights be sent, and waits until both archives have some."""
    page.get_by_role("button", name="Send flights").click()
    expect(page.locator("#control-producer")).to_contain_text("acknowledged")
    expect(page.locator("#figures .figure").first.locator("strong")).to_have_text(SOME)


def stop(page: Page) -> None:
    """Ends that."""
    page.get_by_role("button", name="Stop sending").click()
    expect(page.get_by_role("button", name="Send flights")).to_be_visible()


def healed(page: Page) -> None:
    """Waits until both clouds are seen to take events."""
    for cloud in ("aws", "gcp"):
        expect(page.locator(f"#control-{cloud} .chip")).to_have_text("takes events")
    expect(page.locator(".zone.broken")).to_have_count(0)


def violations(page: Page) -> list[str]:
    """What axe finds: the rule, and where."""
    found = Axe().run(page, options=AXE).response["violations"]
    return [f"{one['id']}: {node['target']}: {node['failureSummary']}" for one in found for node in one["nodes"]]


def test_every_panel_shows_live_facts(page: Page) -> None:
    send(page)
    drawing = page.locator("#drawing svg")
    for service in ("API Gateway", "SNS", "SQS", "Lambda", "S3", "Cloud Run", "Pub/Sub", "Cloud Storage"):
        expect(drawing.locator("text.service", has_text=service).first).to_be_visible()
    expect(drawing.locator(".edge.bridge")).to_have_count(2)
    expect(drawing.locator('.edge:not([data-speed="0"])').first).to_be_attached()
    expect(page.locator("#flow canvas")).to_be_visible()
    expect(page.locator("#queues tbody tr")).to_have_count(4)
    expect(page.locator("#letters .tile")).to_have_count(4)
    expect(page.locator("#ledger .tile strong").first).to_have_text(SOME)
    expect(page.locator("#slos meter")).to_have_count(6)
    expect(page.locator("#dns .authority")).to_have_count(2)
    expect(page.locator("#dns .answer strong").first).to_have_text(re.compile("AWS|Google Cloud"))
    expect(page.locator("#dns .probes li").first).to_contain_text("healthy")
    expect(page.locator("#cost .tile strong").first).to_contain_text("$")
    expect(page.locator("#cost .calls li").first).to_be_visible()
    expect(page.locator("#traces .spans li").nth(4)).to_be_visible()
    expect(page.locator("#gamedays .scenarios li").nth(5)).to_be_visible()
    expect(page.locator("#foot")).to_contain_text("MiB in all")
    expect(page.locator(".loading")).to_have_count(0)
    stop(page)
    expect(page.locator("#control-producer")).to_contain_text("were acknowledged")


def test_the_queues_of_handlers_of_ones_own_are_shown_too(page: Page) -> None:
    """After the two that are always there, also while their cloud doesn't answer; metrics of parts name no queue."""
    series = [{"metric": "isthmus.queue.messages", "labels": {"cloud": "gcp", "queue": "late"}}, {"metric": "other"}]
    asked = "async (series) => (await import(new URL('format.js', document.scripts[0].src))).queues({ series })"
    assert page.evaluate(asked, series) == ["archive", "bridge", "late"]


def test_a_cloud_breaks_the_other_takes_over_and_it_heals(page: Page) -> None:
    send(page)
    page.get_by_role("button", name="Break AWS").click()
    expect(page.locator("#verdict")).to_have_text("AWS refuses connections: Google Cloud takes over")
    expect(page.locator("#announce")).to_contain_text("Google Cloud takes over")
    expect(page.locator(".zone.aws")).to_have_class(re.compile("broken"))
    expect(page.locator('.mark[visibility="visible"]')).to_have_count(3)
    expect(page.locator("#control-producer .share.aws b")).to_have_text("0")
    expect(page.locator("#control-producer .share.gcp b")).to_have_text(SOME)
    expect(page.locator("#control-producer .sending")).to_contain_text(re.compile(r"[1-9]\d* failovers"))
    page.get_by_role("button", name="Heal AWS").click()
    healed(page)
    expect(page.locator('.mark[visibility="visible"]')).to_have_count(0)
    expect(page.locator("#control-producer .share.aws b")).to_have_text(SOME)
    stop(page)


def test_a_cloud_that_hangs_is_said_to_hang(page: Page) -> None:
    page.get_by_label("How Google Cloud fails").select_option("hangs")
    page.get_by_role("button", name="Break Google").click()
    expect(page.locator("#verdict")).to_have_text("Google Cloud hangs: AWS takes over")
    page.get_by_role("button", name="Heal Google").click()
    healed(page)


def test_a_dead_letter_is_shown_with_its_reason_and_redriven(page: Page, poison: Callable[[], None]) -> None:
    poison()
    tile = page.locator("#letters .tile", has_text="AWS archive").locator("strong")
    expect(tile).to_have_text("1")
    page.get_by_role("button", name="Show why").click()
    letter = page.locator("#letters .letters li", has_text="aws/archive")
    expect(letter.locator("strong")).to_contain_text("attribute v is None")
    letter.get_by_role("button").click()
    expect(page.locator("#announce")).to_have_text("1 dead letter was given to its consumer again.")


def test_the_ledger_is_compared_on_demand(page: Page) -> None:
    page.get_by_role("button", name="Compare now").click()
    expect(page.locator("#ledger summary")).to_contain_text("on their way")
    page.locator("#ledger summary").click()
    expect(page.locator("#ledger tbody tr").first).to_be_visible()


def test_a_game_day_is_watched_and_stopped_and_nothing_stays_broken(page: Page) -> None:
    page.get_by_role("button", name="Start the game day: AWS is gone").click()
    expect(page.locator("#gamedays .board")).to_be_visible()
    expect(page.locator("#gamedays .steps")).to_contain_text("broken:")
    expect(page.locator("#gamedays .board canvas")).to_be_visible()
    expect(page.locator("#verdict")).to_contain_text("AWS")
    page.get_by_role("button", name="Stop and heal").click()
    expect(page.locator("#gamedays .board-head .chip")).to_have_text("not passed")
    healed(page)
    expect(page.get_by_role("button", name="Start the game day: AWS is gone")).not_to_have_attribute(
        "aria-disabled", "true"
    )


@pytest.mark.parametrize("name", ["page", "phone"])
def test_axe_finds_nothing(name: str, request: pytest.FixtureRequest) -> None:
    page: Page = request.getfixturevalue(name)
    expect(page.locator("#gamedays .scenarios li").first).to_be_visible()
    expect(page.locator("#slos meter").first).to_be_visible()
    expect(page.locator("#drawing svg")).to_be_visible()
    assert violations(page) == []


def test_axe_finds_nothing_while_a_cloud_is_broken(page: Page) -> None:
    page.get_by_role("button", name="Break Google").click()
    expect(page.locator("#verdict")).to_contain_text("AWS takes over")
    assert violations(page) == []


def test_a_phone_scrolls_in_one_direction_alone(phone: Page) -> None:
    expect(phone.locator("#gamedays .scenarios li").first).to_be_visible()
    expect(phone.locator("#drawing svg.narrow")).to_be_visible()
    assert phone.evaluate(TOO_WIDE) == []
    assert phone.evaluate("document.documentElement.scrollWidth") == 390


def test_everything_is_reached_and_done_by_the_keyboard(page: Page) -> None:
    expect(page.get_by_role("button", name="Break AWS")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("How AWS fails")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Break AWS")).to_be_focused()
    page.keyboard.press("Enter")
    # The focus stays where it was, although the button has become another.
    expect(page.get_by_role("button", name="Heal AWS")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Break AWS")).to_be_focused()


def test_the_colours_follow_the_system_until_they_are_chosen(page: Page) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(ground)
    assert dark != light
    page.get_by_role("button", name="Colours: as the system has them").click()
    expect(page.get_by_role("button", name="Colours: light")).to_be_focused()
    assert page.evaluate(ground) == light
    page.reload()
    assert page.evaluate(ground) == light


def test_the_stream_goes_on_after_a_break(page: Page, restarted: Callable[[Page], None]) -> None:
    restarted(page)
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    page.get_by_role("button", name="Break Google").click()
    expect(page.locator("#verdict")).to_contain_text("Google Cloud refuses connections")
