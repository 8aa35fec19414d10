"""Signed URLs: made by Google's own client, and by hand where it has no way to."""

from __future__ import annotations

import base64
import datetime
import hashlib
import hmac
from typing import Any
from urllib.parse import quote, urlencode

import requests

PROJECT = "isthmus-dev"


def test_a_signed_url_lets_in_who_has_it(cloud: Any) -> None:
    """To do what it was signed for, until it expires, and nothing else."""
    signer, bucket = cloud.service_account("url-signer"), cloud.bucket()
    bucket.blob("a b/ü").upload_from_string("content")

    def signed(name: str, **options: Any) -> str:
        options = {"expiration": datetime.timedelta(hours=1), "version": "v4", "credentials": signer} | options
        return str(bucket.blob(name).generate_signed_url(api_access_endpoint=cloud.server.http, **options))

    url = signed("a b/ü")
    assert requests.get(url, timeout=5).content == b"content"
    assert requests.delete(url, timeout=5).status_code == 403
    assert requests.get(url.replace("Expires=3600", "Expires=36000"), timeout=5).status_code == 403
    put = signed("new", method="PUT", content_type="text/plain", headers={"x-goog-meta-a": "b"})
    written = {
        kind: requests.put(put, b"x", headers={"content-type": kind, "x-goog-meta-a": "b"}, timeout=5).status_code
        for kind in ("text/html", "text/plain")
    }
    assert written == {"text/html": 403, "text/plain": 200}
    assert (bucket.get_blob("new").content_type, bucket.get_blob("new").metadata) == ("text/plain", {"a": "b"})
    begin = signed("resumed", method="RESUMABLE")
    place = requests.post(begin, headers={"x-goog-resumable": "start"}, timeout=5)
    assert place.status_code == 201
    assert requests.put(place.headers["location"], b"all of it", timeout=5).ok
    assert bucket.blob("resumed").download_as_bytes() == b"all of it"
    accounts = f"{cloud.server.http}/v1/projects/{PROJECT}/serviceAccounts"
    requests.post(f"{accounts}/{signer.service_account_email}:disable", timeout=5)
    refused = requests.get(url, timeout=5)
    assert (refused.status_code, "SignatureDoesNotMatch" in refused.text) == (403, True)
    stranger = signed(
        "a b/ü", credentials=cloud.service_account("url-stranger"), expiration=datetime.timedelta(seconds=1)
    )
    old = stranger.replace("X-Goog-Date=2", "X-Goog-Date=1")
    assert requests.get(old, timeout=5).status_code == 400


def test_the_clients_default_version_is_understood(cloud: Any) -> None:
    """Which is 2; it lets in to what was signed, until it expires."""
    signer, bucket = cloud.service_account("old-signer"), cloud.bucket()
    bucket.blob("a b/ü").upload_from_string("content")

    def signed(name: str, **options: Any) -> str:
        options = {"expiration": datetime.timedelta(hours=1), "credentials": signer} | options
        return str(bucket.blob(name).generate_signed_url(api_access_endpoint=cloud.server.http, **options))

    url = signed("a b/ü", response_disposition="attachment")
    assert "Signature=" in url and requests.get(url, timeout=5).content == b"content"
    assert requests.get(signed("a b/ü", version="v2"), timeout=5).content == b"content"
    assert requests.delete(url, timeout=5).status_code == 403
    put = signed("new", method="PUT", content_type="text/plain", headers={"x-goog-meta-a": "b"})
    sent = {"content-type": "text/plain", "x-goog-meta-a": "b"}
    assert requests.put(put, b"x", headers=sent | {"x-goog-meta-a": "c"}, timeout=5).status_code == 403
    assert requests.put(put, b"x", headers=sent, timeout=5).status_code == 200
    assert bucket.get_blob("new").metadata == {"a": "b"}
    begin = signed("resumed", method="RESUMABLE")
    place = requests.post(begin, headers={"x-goog-resumable": "start"}, timeout=5)
    assert (place.status_code, requests.put(place.headers["location"], b"all", timeout=5).status_code) == (201, 200)
    old = requests.get(signed("new", expiration=datetime.datetime(2020, 1, 1)), timeout=5)
    assert (old.status_code, "ExpiredToken" in old.text) == (400, True)


def test_an_hmac_key_signs_in_both_versions(cloud: Any) -> None:
    """Until it is switched off."""
    bucket = cloud.bucket()
    bucket.blob("x").upload_from_string("content")
    key, secret = cloud.storage.create_hmac_key(f"hmac-signer@{PROJECT}.iam.gserviceaccount.com")
    host, path = cloud.server.http.removeprefix("http://"), f"/{bucket.name}/x"
    signs = (_version_4, _version_2)
    urls = [f"http://{host}{sign(host, path, key.access_id, secret)}" for sign in signs]
    forged = [f"http://{host}{sign(host, path, key.access_id, 'x' + secret)}" for sign in signs]
    assert [requests.get(url, timeout=5).text for url in urls] == ["content", "content"]
    assert [requests.get(url, timeout=5).status_code for url in forged] == [403, 403]
    key.state = "INACTIVE"
    key.update()
    assert [requests.get(url, timeout=5).status_code for url in urls] == [403, 403]


def _version_4(host: str, path: str, access_id: str, secret: str) -> str:
    now = datetime.datetime.now(datetime.UTC)
    date, scope = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d/auto/storage/goog4_request")
    query = {"X-Goog-Algorithm": "GOOG4-HMAC-SHA256", "X-Goog-Credential": f"{access_id}/{scope}", "X-Goog-Date": date}
    query |= {"X-Goog-Expires": "3600", "X-Goog-SignedHeaders": "host"}
    sent = urlencode(query, quote_via=quote, safe="")
    canonical = "\n".join(["GET", path, sent, f"host:{host}\n", "host", "UNSIGNED-PAYLOAD"])
    text = "\n".join(["GOOG4-HMAC-SHA256", date, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"GOOG4{secret}".encode()
    for part in (*scope.split("/"), text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return f"{path}?{sent}&X-Goog-Signature={key.hex()}"


def _version_2(_: str, path: str, access_id: str, secret: str) -> str:
    expires = int(datetime.datetime.now(datetime.UTC).timestamp()) + 3600
    digest = hmac.new(secret.encode(), f"GET\n\n\n{expires}\n{path}".encode(), hashlib.sha1).digest()
    query = {"GoogleAccessId": access_id, "Expires": expires, "Signature": base64.b64encode(digest).decode()}
    return f"{path}?{urlencode(query)}"
