"""Tokens of OpenID providers and signatures of Standard Webhooks, in front of the whole ingest."""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from isthmus.adapters.memory import MemoryBroker
from isthmus.core.errors import ConfigurationError
from isthmus.core.ingest import Ingest
from isthmus.core.requests import Request, Response
from isthmus.core.routing import Dispatcher
from isthmus.core.senders import Proof, Sender, Senders
from isthmus.functions.tokens import BearerTokens
from isthmus.functions.webhooks import MAX_SIGNATURES, TOLERANCE_SECONDS, WebhookSignatures

EVENT = json.dumps({"specversion": "1.0", "id": "1", "source": "/s", "type": "t", "data": 1}).encode()
NOW = 1_800_000_000
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
HOOK_KEY = Ed25519PrivateKey.generate()


def public(key: Ed25519PrivateKey) -> str:
    """As a sender's settings have it."""
    return "whpk_" + base64.b64encode(key.public_key().public_bytes_raw()).decode()


def ingest(entry: dict[str, Any], proofs: Callable[[list[Sender]], list[Proof]]) -> Ingest:
    """An ingest that knows one sender."""
    senders = Senders.from_json(json.dumps({"shop": entry}), proofs)
    return Ingest("aws", senders, Dispatcher([MemoryBroker("aws")]))


def sent(to: Ingest, headers: dict[str, str], body: bytes = EVENT) -> Response:
    return to.accept(Request({"content-type": "application/cloudevents+json", **headers}, body))


def detail(response: Response) -> str:
    return str(json.loads(response.body)["detail"])


class Provider:
    """An OpenID provider on loopback, which counts how often its keys are asked for."""

    def __init__(self) -> None:
        self.keys: dict[str, Any] = {"rsa": RSA_KEY, "ec": EC_KEY}
        self.asked: list[str] = []
        self.document: dict[str, Any] | None = None
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked.append(self.path)
                body = json.dumps(provider.answer(self.path)).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, path: str) -> dict[str, Any]:
        if path == "/.well-known/openid-configuration":
            return self.document or {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys"}
        algorithms = {"rsa": jwt.algorithms.RSAAlgorithm, "ec": jwt.algorithms.ECAlgorithm}
        return {
            "keys": [
                {**algorithms[name].to_jwk(key.public_key(), as_dict=True), "kid": name, "use": "sig"}
                for name, key in self.keys.items()
            ]
        }

    def token(self, key: Any = RSA_KEY, kid: str = "rsa", algorithm: str = "RS256", **claims: Any) -> dict[str, str]:
        """The header of a request; a claim that is None is left out."""
        usual = {"iss": self.issuer, "aud": "isthmus", "sub": "svc-1", "exp": int(time.time()) + 300}
        payload = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        return {"authorization": "Bearer " + jwt.encode(payload, key, algorithm=algorithm, headers={"kid": kid})}


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def by_token(provider: Provider) -> Ingest:
    oidc = {"issuer": provider.issuer, "audience": "isthmus", "subjects": ["svc-1"]}
    return ingest({"oidc": oidc, "types": ["t"]}, lambda senders: [BearerTokens(senders)])


def test_a_token_of_the_provider_lets_its_subject_in(provider: Provider, by_token: Ingest) -> None:
    assert sent(by_token, provider.token()).status == 202
    assert sent(by_token, provider.token(EC_KEY, "ec", "ES256")).status == 202
    assert sent(by_token, provider.token(aud=["other", "isthmus"])).status == 202
    assert provider.asked == ["/.well-known/openid-configuration", "/keys"], "the keys are kept"


def test_prefixes_hold_for_tokens_too(provider: Provider, by_token: Ingest) -> None:
    assert sent(by_token, provider.token(), EVENT.replace(b'"t"', b'"x"')).status == 403


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"aud": "another"}, "[Aa]udience"),
        ({"aud": None}, "aud"),
        ({"sub": "svc-2"}, "no sender's"),
        ({"sub": None}, "sub"),
        ({"exp": 1_000_000_000}, "expired"),
        ({"exp": None}, "exp"),
        ({"nbf": 4_000_000_000}, "not yet valid"),
        ({"iss": "https://accounts.google.com"}, "issuer"),
        ({"iss": None}, "issuer"),
    ],
)
def test_a_token_that_is_not_for_us_is_refused(
    provider: Provider, by_token: Ingest, claims: dict[str, Any], why: str
) -> None:
    response = sent(by_token, provider.token(**claims))
    assert response.status == 401
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert re.search(why, detail(response))


def test_a_forged_token_is_refused(provider: Provider, by_token: Ingest) -> None:
    """Another's key, no signature, a shared secret made of the public key, a key that the provider doesn't have."""
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert sent(by_token, provider.token(other)).status == 401
    assert sent(by_token, provider.token("", algorithm="none")).status == 401
    assert sent(by_token, provider.token("x" * 64, algorithm="HS256")).status == 401
    assert sent(by_token, provider.token(kid="unknown")).status == 401
    for text in ("", "a.b.c", "é.ü.ö", "eyJhbGciOiJSUzI1NiJ9..", "x" * 10_000):
        assert sent(by_token, {"authorization": f"Bearer {text}"}).status == 401


def test_tokens_that_are_not_ours_cost_no_call(provider: Provider, by_token: Ingest) -> None:
    for _ in range(5):
        assert sent(by_token, provider.token(iss="https://example.com")).status == 401
    assert provider.asked == []
    for number in range(5):
        assert sent(by_token, provider.token(kid=f"new-{number}")).status == 401
    assert provider.asked.count("/keys") == 1, "forged key ids don't make calls at will"


def test_a_provider_that_cannot_be_asked_is_503(provider: Provider, by_token: Ingest) -> None:
    provider.document = {"issuer": "http://127.0.0.1:1", "jwks_uri": f"{provider.issuer}/keys"}
    assert sent(by_token, provider.token()).status == 503
    provider.document = {"issuer": provider.issuer, "jwks_uri": "http://169.254.169.254/keys"}
    assert sent(by_token, provider.token()).status == 503
    provider.document = None
    assert sent(by_token, provider.token()).status == 202


@pytest.mark.parametrize("issuer", ["http://example.com", "ftp://x", "accounts.google.com", "http://[", ""])
def test_an_issuer_that_is_not_https_is_refused(issuer: str) -> None:
    entry = {"oidc": {"issuer": issuer, "audience": "a", "subjects": ["s"]}}
    with pytest.raises(ConfigurationError, match="not an https URL"):
        ingest(entry, lambda senders: [BearerTokens(senders)])


@pytest.fixture
def by_signature() -> Ingest:
    spare = Ed25519PrivateKey.generate()
    return ingest(
        {"webhook_public_keys": [public(spare), public(HOOK_KEY)]},
        lambda senders: [WebhookSignatures(senders, clock=lambda: NOW)],
    )


def signed(body: bytes = EVENT, at: int = NOW, key: Ed25519PrivateKey = HOOK_KEY, **changed: str) -> dict[str, str]:
    """Headers of a request that is signed."""
    signature = base64.b64encode(key.sign(f"msg_1.{at}.".encode() + body)).decode()
    usual = {"webhook-id": "msg_1", "webhook-timestamp": str(at), "webhook-signature": f"v1,AAAA v1a,{signature}"}
    return {**usual, **{name.replace("_", "-"): value for name, value in changed.items()}}


@pytest.mark.parametrize("off", [0, TOLERANCE_SECONDS, -TOLERANCE_SECONDS])
def test_a_signed_request_is_taken(by_signature: Ingest, off: int) -> None:
    assert sent(by_signature, signed(at=NOW + off)).status == 202


@pytest.mark.parametrize(
    "headers",
    [
        signed(body=EVENT + b" "),
        signed(at=NOW - TOLERANCE_SECONDS - 1),
        signed(at=NOW + TOLERANCE_SECONDS + 1),
        signed(key=Ed25519PrivateKey.generate()),
        signed(webhook_id="msg_2"),
        signed(webhook_id=""),
        signed(webhook_timestamp=str(NOW + 1)),
        signed(webhook_timestamp="soon"),
        signed(webhook_timestamp="²"),
        signed(webhook_timestamp="9" * 5000),
        signed(webhook_signature=""),
        signed(webhook_signature="v1a"),
        signed(webhook_signature="v1a,é"),
        signed(webhook_signature="v1a,AAAA"),
    ],
)
def test_a_signature_that_is_not_good_is_refused(by_signature: Ingest, headers: dict[str, str]) -> None:
    assert sent(by_signature, headers).status == 401


def test_only_the_first_signatures_are_looked_at(by_signature: Ingest) -> None:
    good = signed()["webhook-signature"].split()[1]
    junk = " ".join(["v1a,AAAA"] * MAX_SIGNATURES)
    assert sent(by_signature, signed(webhook_signature=f"{junk} {good}")).status == 401


@pytest.mark.parametrize("key", ["whpk_AAAA", "whpk_", "not base64!"])
def test_a_public_key_that_cannot_be_read_names_its_sender(key: str) -> None:
    with pytest.raises(ConfigurationError, match="sender shop"):
        ingest({"webhook_public_keys": [key]}, lambda senders: [WebhookSignatures(senders)])


def test_a_key_of_another_kind_does_not_help(by_signature: Ingest) -> None:
    """A wrong API key is not made good by what else the request has."""
    assert sent(by_signature, {**signed(), "x-api-key": "wrong"}).status == 401
    assert sent(by_signature, {}).status == 401
