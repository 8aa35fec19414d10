"""The IAM Credentials API: by google-auth's own impersonation, for callers who have no key of the account."""

from __future__ import annotations

import base64
import datetime
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from google.auth import iam, impersonated_credentials, jwt
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request
from google.cloud import storage
from google.oauth2 import id_token
from google.oauth2.credentials import Credentials

from isthmus.local.google import GoogleServer

PROJECT = "isthmus-dev"
OWNER, ANN = "user:owner@example.com", "user:ann@example.com"
EMAIL = f"runner@{PROJECT}.iam.gserviceaccount.com"
SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]
CREATOR = "roles/iam.serviceAccountTokenCreator"


def bearer(token: str) -> dict[str, str]:
    """The header."""
    return {"authorization": f"Bearer {token}"}


def owner_posts(server: GoogleServer, path: str, body: dict[str, Any]) -> requests.Response:
    """A call of the owner's."""
    return requests.post(f"{server.http}/v1/{path}", json=body, headers=bearer(OWNER), timeout=20)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GoogleServer]:
    """A server that asks who calls, with one service account."""
    with GoogleServer(tmp_path_factory.mktemp("iam"), owner=OWNER) as one:
        made = owner_posts(one, f"projects/{PROJECT}/serviceAccounts", {"accountId": "runner"})
        assert made.json()["email"] == EMAIL
        yield one


def grant(server: GoogleServer, *roles: str) -> None:
    """Gives Ann roles on the account, and nobody any other."""
    bindings = [{"role": role, "members": [ANN]} for role in roles]
    path = f"projects/{PROJECT}/serviceAccounts/{EMAIL}:setIamPolicy"
    assert owner_posts(server, path, {"policy": {"bindings": bindings}}).ok


def call(server: GoogleServer, verb: str, body: dict[str, Any]) -> requests.Response:
    """A call of the API by Ann."""
    url = f"{server.http}/v1/projects/-/serviceAccounts/{EMAIL}:{verb}"
    return requests.post(url, json=body, headers=bearer(ANN), timeout=20)


@pytest.fixture
def runner(server: GoogleServer, monkeypatch: pytest.MonkeyPatch) -> impersonated_credentials.Credentials:
    """The account's credentials as google-auth makes them of Ann's, pointed at the server."""
    base = f"{server.http}/v1/projects/-/serviceAccounts/{{}}"
    monkeypatch.setattr(iam, "_IAM_SIGN_ENDPOINT", f"{base}:signBlob")
    monkeypatch.setattr(iam, "_IAM_IDTOKEN_ENDPOINT", f"{base}:generateIdToken")
    endpoint = f"{base.format(EMAIL)}:generateAccessToken"
    return impersonated_credentials.Credentials(
        Credentials(token=ANN), EMAIL, SCOPES, lifetime=600, iam_endpoint_override=endpoint
    )


def test_who_may_gets_a_token_of_the_account(server: GoogleServer, runner: Any) -> None:
    """It acts as the account, for as long as was asked for."""
    grant(server)
    with pytest.raises(RefreshError, match="getAccessToken"):
        runner.refresh(Request())
    grant(server, CREATOR)
    runner.refresh(Request())
    left = runner.expiry - datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    assert datetime.timedelta(minutes=9) < left <= datetime.timedelta(minutes=10)
    topic = f"projects/{PROJECT}/topics/of-the-runner"
    url = f"{server.http}/v1/{topic}"
    requests.put(url, json={}, headers=bearer(OWNER), timeout=5)
    assert requests.get(url, headers=bearer(runner.token), timeout=5).status_code == 403
    bindings = [{"role": "roles/pubsub.viewer", "members": [f"serviceAccount:{EMAIL}"]}]
    owner_posts(server, f"{topic}:setIamPolicy", {"policy": {"bindings": bindings}})
    assert requests.get(url, headers=bearer(runner.token), timeout=5).status_code == 200


def test_a_url_is_signed_without_a_key(server: GoogleServer, runner: Any) -> None:
    """As Cloud Run services do it; the signature is still good after a kill."""
    grant(server, CREATOR)
    owner = storage.Client(PROJECT, Credentials(token=OWNER), client_options={"api_endpoint": server.http})
    bucket = owner.create_bucket("signed")
    bucket.blob("x").upload_from_string("content")
    policy = bucket.get_iam_policy()
    policy.bindings.append({"role": "roles/storage.objectViewer", "members": {f"serviceAccount:{EMAIL}"}})
    bucket.set_iam_policy(policy)
    nobody = storage.Client(PROJECT, AnonymousCredentials(), client_options={"api_endpoint": server.http})
    blob, hour = nobody.bucket("signed").blob("x"), datetime.timedelta(hours=1)
    urls = [
        blob.generate_signed_url(hour, api_access_endpoint=server.http, credentials=runner, version=version)
        for version in ("v4", "v2")
    ]
    server.kill()
    server.start()
    assert [requests.get(url, timeout=5).text for url in urls] == ["content", "content"]


def test_an_id_token_is_for_its_audience(server: GoogleServer, runner: Any) -> None:
    """And verified by google-auth with the certificates that the server publishes."""
    grant(server, CREATOR)
    audience = "https://a.example"
    identity = impersonated_credentials.IDTokenCredentials(runner, audience, include_email=True)
    identity.refresh(Request())
    claims = id_token.verify_token(identity.token, Request(), audience, f"{server.http}/oauth2/v1/certs")
    assert (claims["email"], claims["iss"]) == (EMAIL, "https://accounts.google.com")
    grant(server, "roles/iam.serviceAccountOpenIdTokenCreator")
    bare = call(server, "generateIdToken", {"audience": audience}).json()["token"]
    assert "email" not in jwt.decode(bare, verify=False)
    assert call(server, "generateAccessToken", {"scope": SCOPES}).status_code == 403


def test_a_jwt_is_signed_by_the_accounts_own_key(server: GoogleServer) -> None:
    """Which the account's list of keys shows, and which can't be taken away."""
    grant(server, CREATOR)
    claims = {"sub": "me", "aud": "you", "iat": int(time.time())}
    told = call(server, "signJwt", {"payload": json.dumps(claims)}).json()
    keys = f"projects/{PROJECT}/serviceAccounts/{EMAIL}/keys"
    url = f"{server.http}/v1/{keys}"
    kinds = {
        kind: [one["name"] for one in _get(f"{url}?keyTypes={kind}")["keys"]]
        for kind in ("SYSTEM_MANAGED", "USER_MANAGED")
    }
    assert kinds == {"SYSTEM_MANAGED": [f"{keys}/{told['keyId']}"], "USER_MANAGED": []}
    shown = _get(f"{url}/{told['keyId']}?publicKeyType=TYPE_RAW_PUBLIC_KEY")
    public = base64.b64decode(shown["publicKeyData"])
    assert jwt.decode(told["signedJwt"], {told["keyId"]: public}, audience="you")["sub"] == "me"
    assert requests.delete(f"{url}/{told['keyId']}", headers=bearer(OWNER), timeout=5).status_code == 404


def _get(url: str) -> Any:
    return requests.get(url, headers=bearer(OWNER), timeout=5).json()


def test_what_is_wrong_with_a_call_is_said(server: GoogleServer) -> None:
    """Who may not, what can't be read, whose account isn't there."""
    grant(server)
    refused = call(server, "signBlob", {"payload": ""})
    info = {"reason": "IAM_PERMISSION_DENIED", "domain": "iam.googleapis.com"}
    assert refused.status_code == 403 and info.items() <= refused.json()["error"]["details"][0].items()
    grant(server, CREATOR)
    far = json.dumps({"exp": int(time.time()) + 13 * 3600})
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("signBlob", {"payload": "not base64!"}),
        ("signJwt", {"payload": "[1]"}),
        ("signJwt", {"payload": far}),
        ("generateAccessToken", {}),
        ("generateAccessToken", {"scope": SCOPES, "lifetime": "7200s"}),
        ("generateIdToken", {}),
    ]
    assert [call(server, verb, body).status_code for verb, body in wrong] == [400] * len(wrong)
    assert call(server, "signBlob", {"payload": "", "delegates": ["x"]}).status_code == 501
    assert owner_posts(server, "projects/-/serviceAccounts/nobody@x:signBlob", {}).status_code == 404
    account = f"projects/{PROJECT}/serviceAccounts/{EMAIL}"
    owner_posts(server, f"{account}:disable", {})
    assert call(server, "signBlob", {"payload": ""}).status_code == 400
    owner_posts(server, f"{account}:enable", {})
    assert call(server, "signBlob", {"payload": ""}).ok
