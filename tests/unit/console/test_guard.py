"""Only who started the run gets in, and only from the console's own page."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from isthmus.console.guard import CSRF_HEADER, Keys


def test_the_token_is_exchanged_for_a_cookie_that_no_script_reads_and_no_other_site_sends(
    stranger: TestClient, keys: Keys
) -> None:
    answer = stranger.get("/?token=the-token")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(f"isthmus-{keys.port}=")
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "the-token" not in cookie
    assert stranger.get("/").status_code == 200


@pytest.mark.parametrize("path", ["/", "/?token=", "/?token=wrong", "/?token=the-toke", "/?token=the-token%C3%A9"])
def test_the_page_stays_shut_without_the_token(stranger: TestClient, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 401
    assert "isthmus console" in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/events", "/api/history?metric=isthmus.calls", "/api/traces/ab"])
def test_facts_need_the_cookie(stranger: TestClient, path: str) -> None:
    assert stranger.get(path).status_code == 401


def test_a_forged_cookie_is_refused(stranger: TestClient, keys: Keys) -> None:
    assert stranger.get("/events", headers={"cookie": f"{keys.cookie_name}=the-token"}).status_code == 401


@pytest.mark.parametrize("host", ["evil.example:23456", "127.0.0.1:1", "127.0.0.1", "127.0.0.1:23456.evil.example", ""])
def test_another_name_of_this_machine_is_refused(browser: TestClient, host: str) -> None:
    answer = browser.get("/?token=the-token", headers={"host": host})
    assert answer.status_code == 421
    assert "set-cookie" not in answer.headers


def test_localhost_is_the_console_s_name_too(browser: TestClient, keys: Keys) -> None:
    assert browser.get("/?token=the-token", headers={"host": f"localhost:{keys.port}"}).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {CSRF_HEADER: ""},
        {CSRF_HEADER: "wrong"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "https://127.0.0.1:23456"},
        {"origin": ""},
    ],
)
def test_what_another_page_asks_for_is_not_done(browser: TestClient, headers: dict[str, str]) -> None:
    answer = browser.post("/api/heal", json={}, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (403, "this did not come from the console's own page")


def test_what_the_own_page_asks_for_is_tried(browser: TestClient) -> None:
    answer = browser.post("/api/heal", json={})
    assert (answer.status_code, answer.json()["error"]) == (409, "the fault proxies do not run")


def test_every_answer_forbids_scripts_and_frames_of_others(stranger: TestClient) -> None:
    for path in ("/", "/static/main.js", "/events"):
        headers = stranger.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["referrer-policy"] == "no-referrer"


def test_the_page_holds_no_script_of_its_own_and_loads_nothing_from_elsewhere(browser: TestClient) -> None:
    page = browser.get("/").text
    assert page.count("<script") == page.count('<script src="/static/') + page.count(
        '<script type="module" src="/static/'
    )
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page
    assert " style=" not in page
