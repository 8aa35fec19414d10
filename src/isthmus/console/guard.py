"""Who may talk to the console: the person who started the run, from a page of the console itself.

The token comes once, in the address that `isthmus up` prints, and is exchanged for a cookie that scripts can't read and
other sites can't send. A name that resolves to this machine is refused by the `Host` header (DNS rebinding), a form of
another site by the origin and a header that only the page knows (CSRF).
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from isthmus.local.ports import HOST

CSRF_HEADER = "x-isthmus-csrf"
OPEN = ("/static/",)
"""What is read without the cookie: files of the package."""
_SAFE = ("GET", "HEAD")
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
_KEY_NEEDED = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    '<title>Isthmus</title><link rel="stylesheet" href="/static/style.css"><main class="locked"><h1>Isthmus</h1>'
    "<p>This page opens with its key. Use the address that <code>isthmus up</code> printed, or ask for it again:</p>"
    "<pre><code>isthmus console</code></pre></main></html>"
)


@dataclass(frozen=True)
class Keys:
    """What is derived from the run's console token.

    Attributes:
        token: The token.
        port: Where the console answers.
    """

    token: str
    port: int

    @property
    def cookie_name(self) -> str:
        """Cookies don't tell ports apart, so two runs have two names."""
        return f"isthmus-{self.port}"

    @property
    def cookie(self) -> str:
        """What the cookie holds: not the token, which would open another browser, too."""
        return self._derived("cookie")

    @property
    def csrf(self) -> str:
        """What the page sends with everything that it does."""
        return self._derived("csrf")

    @property
    def hosts(self) -> frozenset[str]:
        """The only names under which the console answers."""
        return frozenset({f"{HOST}:{self.port}", f"localhost:{self.port}"})

    def _derived(self, purpose: str) -> str:
        return hmac.new(self.token.encode(), f"isthmus console {purpose}".encode(), hashlib.sha256).hexdigest()


def same(given: str, expected: str) -> bool:
    """Whether two secrets are equal, in a time that doesn't tell how far."""
    return hmac.compare_digest(given.encode(), expected.encode())


class Guard:
    """Lets through what carries the cookie and comes from here, and puts the headers of safety on every answer."""

    def __init__(self, app: ASGIApp, keys: Keys) -> None:
        self._app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers or passes on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        answer = self._refusal(scope)
        await (answer or self._app)(scope, receive, with_headers)

    def _refusal(self, scope: Scope) -> Response | None:
        headers, path, method = Headers(scope=scope), scope["path"], scope["method"]
        if headers.get("host", "") not in self._keys.hosts:
            return _refused("the console answers under its own address alone", 421)
        if path.startswith(OPEN) and method in _SAFE:
            return None
        if (
            path == "/"
            and method in _SAFE
            and (given := parse_qs(scope["query_string"].decode("latin-1")).get("token"))
        ):
            return self._entered(given[0])
        if not self._known(headers):
            return HTMLResponse(_KEY_NEEDED, 401) if path == "/" else _refused("the console's cookie is needed", 401)
        if method not in _SAFE and not self._own(headers):
            return _refused("this did not come from the console's own page", 403)
        return None

    def _entered(self, token: str) -> Response:
        if not same(token, self._keys.token):
            return HTMLResponse(_KEY_NEEDED, 401)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self._keys.cookie_name, self._keys.cookie, httponly=True, samesite="strict", path="/")
        return answer

    def _known(self, headers: Headers) -> bool:
        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return False
        found = cookies.get(self._keys.cookie_name)
        return same(found.value if found else "", self._keys.cookie)

    def _own(self, headers: Headers) -> bool:
        origin = headers.get("origin", "")
        from_here = origin.removeprefix("http://") in self._keys.hosts
        return from_here and same(headers.get(CSRF_HEADER, ""), self._keys.csrf)


def _refused(why: str, status: int) -> JSONResponse:
    return JSONResponse({"error": why, "fix": "use the address that `isthmus console` prints"}, status)
