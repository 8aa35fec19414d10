"""The IAM Credentials API: tokens and signatures of a service account, for callers who have no key of it.

Source: IAM Service Account Credentials API v1 reference, 2026-11.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import datetime
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from google.auth import crypt, jwt
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from isthmus.local.google.accounts.answers import answered, json_of
from isthmus.local.google.accounts.store import Accounts, Json, new_key
from isthmus.local.google.oidc import TOKEN_SECONDS, TokenSigner
from isthmus.local.google.rpc import Gate, RpcError, invalid, unimplemented

_BASE = "/v1/projects/{project}/serviceAccounts/{account}"
_JWT_SECONDS = 12 * 3600
"""How far ahead a signed JWT may expire."""

ACCESS_AUDIENCE = "isthmus.local.google"
Call = Callable[[Json, Json], Awaitable[Json]]


class CredentialCalls:
    """Answers the calls.

    Args:
        accounts: The service accounts and their keys.
        signer: Signs the tokens.
        gate: Counts the calls and checks their callers.
    """

    def __init__(self, accounts: Accounts, signer: TokenSigner, gate: Gate) -> None:
        self._accounts, self._signer, self._gate = accounts, signer, gate
        self._making = asyncio.Lock()

    def routes(self) -> list[Route]:
        """The routes."""
        table: dict[str, tuple[Call, str]] = {
            "signBlob": (self._sign_blob, "signBlob"),
            "signJwt": (self._sign_jwt, "signJwt"),
            "generateAccessToken": (self._access_token, "getAccessToken"),
            "generateIdToken": (self._id_token, "getOpenIdToken"),
        }
        return [
            Route(f"{_BASE}:{verb}", self._handler(call, verb, permission), methods=["POST"])
            for verb, (call, permission) in table.items()
        ]

    def _handler(self, call: Call, verb: str, permission: str) -> Callable[[Request], Awaitable[Response]]:
        async def handle(request: Request) -> Json:
            self._gate.enter_project(f"iamcredentials.{verb}", request.path_params["project"])
            account = self._accounts.find(request.path_params["account"])
            self._let_in(request, f"iam.serviceAccounts.{permission}", account)
            if account is None:
                raise RpcError(grpc.StatusCode.NOT_FOUND, f"Unknown service account: {request.path_params['account']}")
            if account.get("disabled"):
                raise RpcError(grpc.StatusCode.FAILED_PRECONDITION, f"Service account {account['email']} is disabled.")
            wanted = await json_of(request)
            if wanted.get("delegates"):
                raise unimplemented("A chain of delegates")
            return await call(account, wanted)

        return answered(handle)

    def _let_in(self, request: Request, permission: str, account: Json | None) -> None:
        if self._gate.access is not None:
            resource = account["name"] if account else f"projects/{request.path_params['project']}"
            self._gate.access.require(request.headers.get("authorization", ""), permission, resource)

    async def _sign_blob(self, account: Json, wanted: Json) -> Json:
        try:
            payload = base64.b64decode(str(wanted.get("payload", "")), validate=True)
        except binascii.Error:
            raise invalid("Invalid value at 'payload': it is not base64.") from None
        number, key = await self._key(account["email"])
        signature = key.sign(payload, padding.PKCS1v15(), hashes.SHA256())
        return {"keyId": number, "signedBlob": base64.b64encode(signature).decode()}

    async def _sign_jwt(self, account: Json, wanted: Json) -> Json:
        try:
            claims = dict(json.loads(wanted.get("payload", "")))
        except (ValueError, TypeError):
            raise invalid("Invalid value at 'payload': it is not a JSON object.") from None
        expires = claims.setdefault("exp", int(time.time()) + TOKEN_SECONDS)
        if not isinstance(expires, int) or not 0 < expires - time.time() <= _JWT_SECONDS:
            raise invalid("The exp of the payload must be in the future, and at most 12 hours ahead.")
        number, key = await self._key(account["email"])
        return {"keyId": number, "signedJwt": jwt.encode(crypt.RSASigner(key, number), claims).decode()}

    async def _access_token(self, account: Json, wanted: Json) -> Json:
        if not wanted.get("scope"):
            raise invalid("The scope is missing.")
        seconds = str(wanted.get("lifetime") or f"{TOKEN_SECONDS}s").removesuffix("s")
        if not seconds.isdigit() or not 0 < int(seconds) <= TOKEN_SECONDS:
            raise invalid(f"The lifetime must be between 1s and {TOKEN_SECONDS}s.")
        expires, token = self._signer.sign(account["email"], ACCESS_AUDIENCE, int(seconds))
        moment = datetime.datetime.fromtimestamp(expires, datetime.UTC)
        return {"accessToken": token, "expireTime": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}

    async def _id_token(self, account: Json, wanted: Json) -> Json:
        if not wanted.get("audience"):
            raise invalid("The audience is missing.")
        with_email = bool(wanted.get("includeEmail"))
        _, token = self._signer.sign(account["email"], str(wanted["audience"]), TOKEN_SECONDS, with_email=with_email)
        return {"token": token}

    async def _key(self, email: str) -> tuple[str, Any]:
        """The key that the service keeps of an account; made when it is first needed."""
        async with self._making:
            found = self._accounts.system_key(email)
            if found is None:
                found = self._accounts.add_system_key(email, await asyncio.to_thread(new_key))
        return found
