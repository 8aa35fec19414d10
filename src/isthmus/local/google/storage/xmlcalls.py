"""`/BUCKET/OBJECT`: what signed URLs and Google's Go client use of the XML API: all on one object."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from isthmus.local.google.accounts.store import Accounts
from isthmus.local.google.clock import Clock
from isthmus.local.google.storage.backend import Backend
from isthmus.local.google.storage.common import Json
from isthmus.local.google.storage.errors import StorageError, not_implemented
from isthmus.local.google.storage.gate import Gate
from isthmus.local.google.storage.objectcalls import ObjectCalls
from isthmus.local.google.storage.signed import signer_of
from isthmus.local.google.storage.uploadcalls import UploadCalls, sent_sums
from isthmus.local.google.storage.web import parameters
from isthmus.local.google.storage.xmluploads import XmlUploads

_CONDITIONS = {
    "ifGenerationMatch": "x-goog-if-generation-match",
    "ifMetagenerationMatch": "x-goog-if-metageneration-match",
}
_FIELDS = {
    "contentType": "content-type",
    "contentEncoding": "content-encoding",
    "contentLanguage": "content-language",
    "contentDisposition": "content-disposition",
    "cacheControl": "cache-control",
    "storageClass": "x-goog-storage-class",
    "customTime": "x-goog-custom-time",
    "kmsKeyName": "x-goog-encryption-kms-key-name",
}
_META = "x-goog-meta-"
_CODES = {
    401: "AuthenticationRequired",
    403: "AccessDenied",
    412: "PreconditionFailed",
    416: "InvalidRange",
    500: "InternalError",
    501: "NotImplemented",
    503: "ServiceUnavailable",
}
_OWN_CODES = (
    "SignatureDoesNotMatch",
    "ExpiredToken",
    "InvalidArgument",
    "InvalidPart",
    "InvalidPartOrder",
    "EntityTooSmall",
    "MalformedCompleteMultipartUploadRequest",
    "NoSuchUpload",
)


class XmlCalls:
    """Answers the calls.

    Args:
        backend: The state.
        gate: What every call goes through.
        accounts: Who signs URLs.
        clock: The time.
    """

    def __init__(self, backend: Backend, gate: Gate, accounts: Accounts, clock: Clock) -> None:
        self._backend, self._gate, self._accounts, self._clock = backend, gate, accounts, clock
        self._objects, self._uploads = ObjectCalls(backend, gate), UploadCalls(backend, gate)
        self._multipart = XmlUploads(backend, gate)

    async def call(self, request: Request) -> Response:
        """Everything on one object."""
        request.scope["isthmus.signer"] = signer_of(request, self._accounts, self._clock.now)
        bucket = request.path_params["bucket"]
        name = unquote(request.scope.get("raw_path", b"").decode("latin-1")[len(bucket) + 2 :])
        query = parameters(request) | _headers(request.headers, _CONDITIONS)
        if not name:
            raise not_implemented(f"{request.method} of a whole bucket by the XML API")
        if "uploadId" in query:
            return await self._multipart.call(request, bucket, name, query, _sums(request))
        if request.method in ("GET", "HEAD"):
            return await self._objects.content(request, bucket, name, query)
        if request.method == "DELETE":
            await self._gate.enter(request, "storage.objects.delete", bucket)
            await self._backend.write(lambda files: files.objects.delete(bucket, name, query))
            return Response(status_code=204)
        return await self._write(request, bucket, name, query)

    async def _write(self, request: Request, bucket: str, name: str, query: dict[str, str]) -> Response:
        if "x-goog-copy-source" in request.headers:
            raise not_implemented("A copy by the XML API")
        metadata = {"name": name, **_described(request)}
        if request.method == "POST" and "uploads" in query:
            return await self._multipart.begin(request, bucket, metadata, query)
        await self._gate.enter(request, "storage.objects.insert", bucket)
        if request.method == "POST":
            if request.headers.get("x-goog-resumable") != "start":
                raise not_implemented("POST by the XML API without x-goog-resumable: start")
            return await self._uploads.begin(request, bucket, metadata, query, status=201)
        made = await self._uploads.insert(bucket, metadata, await request.body(), query)
        return Response(headers={"etag": f'"{made["etag"]}"', "x-goog-generation": made["generation"]})


def _headers(headers: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    return {ours: headers[theirs] for ours, theirs in names.items() if theirs in headers}


def _described(request: Request) -> Json:
    found: Json = _headers(request.headers, _FIELDS) | _sums(request)
    metadata = {name.removeprefix(_META): value for name, value in request.headers.items() if name.startswith(_META)}
    return found | ({"metadata": metadata} if metadata else {})


def _sums(request: Request) -> Json:
    """The checksums that the client sent of what it sends."""
    md5 = {"md5Hash": request.headers["content-md5"]} if "content-md5" in request.headers else {}
    return sent_sums(request) | md5


def xml_error(error: StorageError) -> Response:
    """A refusal as the XML API writes it."""
    if error.status == 304:
        return Response(status_code=304)
    code = _CODES.get(error.status, "InvalidArgument")
    if error.status == 404:
        code = "NoSuchKey" if error.message.startswith("No such object") else "NoSuchBucket"
    if error.reason in _OWN_CODES:
        code = error.reason
    details = error.message.replace("&", "&amp;").replace("<", "&lt;")
    body = f"<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code><Message>{details}</Message></Error>"
    return Response(body, error.status, media_type="application/xml")
