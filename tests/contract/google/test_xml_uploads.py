"""Multipart uploads of the XML API: by the client's transfer_manager, and call by call."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import requests
from google.cloud.storage import transfer_manager

MIB = 1024 * 1024


class Upload:
    """One upload, call by call."""

    def __init__(self, cloud: Any, bucket: str, name: str, **headers: str) -> None:
        self.url = f"{cloud.server.http}/{bucket}/{name}"
        begun = requests.post(f"{self.url}?uploads", headers=headers, timeout=20)
        self.query = "uploadId=" + re.search("<UploadId>(.+)</UploadId>", begun.text)[1]

    def put(self, number: int, data: bytes, **headers: str) -> requests.Response:
        """Brings a part."""
        return requests.put(f"{self.url}?partNumber={number}&{self.query}", data, headers=headers, timeout=20)

    def complete(self, *parts: tuple[int, str], **headers: str) -> requests.Response:
        """Makes the object of parts."""
        rows = "".join(f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>" for number, etag in parts)
        body = f"<CompleteMultipartUpload>{rows}</CompleteMultipartUpload>"
        return requests.post(f"{self.url}?{self.query}", body, headers=headers, timeout=20)


def code(answer: requests.Response) -> tuple[int, str]:
    """The status and the code of a refusal."""
    return answer.status_code, re.search("<Code>(.+)</Code>", answer.text)[1]


def test_chunks_are_uploaded_side_by_side(cloud: Any, tmp_path: Path) -> None:
    """By Google's client, which checks what the server says of each; the object has no MD5, as it has none there."""
    path, content = tmp_path / "large", bytes(range(256)) * 4096 * 12
    path.write_bytes(content)
    blob = cloud.bucket().blob("a folder/large")
    blob.metadata = {"a": "b"}
    transfer_manager.upload_chunks_concurrently(
        str(path), blob, content_type="text/plain", chunk_size=5 * MIB, worker_type=transfer_manager.THREAD
    )
    made = blob.bucket.get_blob(blob.name)
    assert (made.size, made.content_type, made.metadata, made.md5_hash) == (12 * MIB, "text/plain", {"a": "b"}, None)
    assert made.download_as_bytes() == content


def test_parts_are_listed_replaced_and_given_up(cloud: Any) -> None:
    """Until it is complete there is no object; given up, there is nothing."""
    bucket = cloud.bucket()
    upload = Upload(cloud, bucket.name, "x")
    assert upload.put(2, b"old").ok
    first, second = upload.put(1, b"1" * 5 * MIB), upload.put(2, b"new")
    assert "crc32c=" in second.headers["x-goog-hash"]
    listed = requests.get(f"{upload.url}?{upload.query}", timeout=20).text
    assert re.findall("<PartNumber>(.+?)</PartNumber>.*?<Size>(.+?)</Size>", listed) == [
        ("1", str(5 * MIB)),
        ("2", "3"),
    ]
    assert bucket.get_blob("x") is None
    done = upload.complete((1, first.headers["etag"]), (2, second.headers["etag"]))
    assert done.ok and bucket.blob("x").download_as_bytes() == b"1" * 5 * MIB + b"new"
    other = Upload(cloud, bucket.name, "y")
    part = other.put(1, b"y")
    assert requests.delete(f"{other.url}?{other.query}", timeout=20).status_code == 204
    assert code(other.complete((1, part.headers["etag"]))) == (404, "NoSuchUpload")
    assert bucket.get_blob("y") is None


def test_what_is_wrong_with_the_parts_is_said(cloud: Any) -> None:
    """Their order, their size, their checksums, or that they aren't there."""
    upload = Upload(cloud, cloud.bucket().name, "x")
    one, two = (upload.put(number, b"small").headers["etag"] for number in (1, 2))
    assert code(upload.complete((2, two), (1, one))) == (400, "InvalidPartOrder")
    assert code(upload.complete((1, one), (2, two))) == (400, "EntityTooSmall")
    assert code(upload.complete((1, one), (3, two))) == (400, "InvalidPart")
    assert code(upload.complete((1, '"other"'))) == (400, "InvalidPart")
    assert code(upload.complete()) == (400, "MalformedCompleteMultipartUploadRequest")
    assert upload.put(3, b"x", **{"content-md5": "AAAAAAAAAAAAAAAAAAAAAA=="}).status_code == 400
    assert code(upload.put(10_001, b"x")) == (400, "InvalidArgument")


def test_a_multipart_upload_goes_on_after_a_kill(mortal: Any) -> None:
    """With the parts that were acknowledged."""
    bucket = mortal.bucket()
    upload = Upload(mortal, bucket.name, "x")
    part = upload.put(1, b"kept")
    mortal.server.kill()
    mortal.server.start()
    assert upload.complete((1, part.headers["etag"])).ok
    assert bucket.blob("x").download_as_bytes() == b"kept"


@pytest.mark.parametrize("when", ["begun", "completed"])
def test_a_precondition_is_looked_at_when_the_object_is_made(cloud: Any, when: str) -> None:
    """Whether it was sent at the beginning or at the end."""
    bucket, guard = cloud.bucket(), {"x-goog-if-generation-match": "0"}
    upload = Upload(cloud, bucket.name, "x", **(guard if when == "begun" else {}))
    part = (1, upload.put(1, b"x").headers["etag"])
    bucket.blob("x").upload_from_string("meanwhile")
    sent = guard if when == "completed" else {}
    assert code(upload.complete(part, **sent)) == (412, "PreconditionFailed")
    bucket.blob("x").delete()
    assert upload.complete(part, **sent).ok
