"""The REST form of IAM's service accounts, and the token endpoint that their key files name.

Source: IAM API v1 reference, projects.serviceAccounts, 2026-11.
"""

from __future__ import annotations

import asyncio
import base64
import re
from typing import Any
from urllib.parse import parse_qs, unquote

import grpc
import msgspec
from google.auth import exceptions, jwt
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from isthmus.local.google.accounts.answers import Handler, answered, json_of
from isthmus.local.google.accounts.credentials import ACCESS_AUDIENCE, CredentialCalls
from isthmus.local.google.accounts.store import Accounts, Json, new_key, private_pem
from isthmus.local.google.oidc import TOKEN_SECONDS, TokenSigner
from isthmus.local.google.rpc import Gate, RpcError, invalid

_ID = re.compile(r"[a-z](?:[-a-z0-9]{4,28}[a-z0-9])")
_CHANGED = ("displayName", "description")
_BASE = "/v1/projects/{project}/serviceAccounts"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class AccountCalls:
    """Answers the calls.

    Args:
        accounts: The state.
        signer: Signs the access tokens.
        gate: Counts the calls and checks their callers.
    """

    def __init__(self, accounts: Accounts, signer: TokenSigner, gate: Gate) -> None:
        self._accounts, self._signer, self._gate = accounts, signer, gate

    def routes(self) -> list[Route]:
        """The routes; those of the accounts' policies are `rest.IAM`'s."""
        one, keys = f"{_BASE}/{{account}}", f"{_BASE}/{{account}}/keys"
        table: list[tuple[str, str, Handler, str]] = [
            (_BASE, "POST", self._create, "serviceAccounts.create"),
            (_BASE, "GET", self._list, "serviceAccounts.list"),
            (f"{one}:enable", "POST", self._enable, "serviceAccounts.enable"),
            (f"{one}:disable", "POST", self._disable, "serviceAccounts.disable"),
            (one, "GET", self._get, "serviceAccounts.get"),
            (one, "PATCH", self._change, "serviceAccounts.update"),
            (one, "DELETE", self._delete, "serviceAccounts.delete"),
            (keys, "POST", self._create_key, "serviceAccountKeys.create"),
            (keys, "GET", self._list_keys, "serviceAccountKeys.list"),
            (f"{keys}/{{key}}", "GET", self._get_key, "serviceAccountKeys.get"),
            (f"{keys}/{{key}}", "DELETE", self._delete_key, "serviceAccountKeys.delete"),
        ]
        token = Route("/token", answered(self._token), methods=["POST"])
        lent = CredentialCalls(self._accounts, self._signer, self._gate).routes()
        own = [Route(path, self._let_in(call, name), methods=[verb]) for path, verb, call, name in table]
        return [token, *lent, *own]

    def _let_in(self, handle: Handler, name: str) -> Handler:
        async def call(request: Request) -> Any:
            self._gate.enter_project(f"iam.{name}", request.path_params["project"])
            if self._gate.access is not None:
                resource = f"projects/{request.path_params['project']}"
                self._gate.access.require(request.headers.get("authorization", ""), f"iam.{name}", resource)
            return await handle(request)

        return answered(call)

    def require(self, resource: str) -> None:
        """Raises NOT_FOUND unless there is an account of that resource name."""
        self._account(resource.rpartition("/")[2])

    def _account(self, name: str) -> Json:
        found = self._accounts.find(unquote(name))
        if found is None:
            raise RpcError(grpc.StatusCode.NOT_FOUND, f"Unknown service account: {name}")
        return found

    def _of(self, request: Request) -> Json:
        return self._account(request.path_params["account"])

    async def _create(self, request: Request) -> Json:
        wanted = await json_of(request)
        account_id = str(wanted.get("accountId", ""))
        if not _ID.fullmatch(account_id):
            raise invalid(f"Invalid account id: {account_id!r}; it has 6 to 30 letters, digits and hyphens.")
        given = wanted.get("serviceAccount") or {}
        described = {key: given[key] for key in _CHANGED if given.get(key)}
        made = self._accounts.create(request.path_params["project"], account_id, described)
        if made is None:
            message = f"Service account {account_id} already exists within project {request.path_params['project']}."
            raise RpcError(grpc.StatusCode.ALREADY_EXISTS, message)
        return made

    async def _list(self, request: Request) -> Json:
        return {"accounts": self._accounts.of_project(request.path_params["project"])}

    async def _get(self, request: Request) -> Json:
        return self._of(request)

    async def _change(self, request: Request) -> Json:
        body, wanted = self._of(request), await json_of(request)
        given = wanted.get("serviceAccount") or {}
        mask = str(wanted.get("updateMask", "")).replace("display_name", "displayName")
        for field in mask.split(","):
            if field not in _CHANGED:
                raise invalid(f"The field {field!r} of a service account can't be updated.")
            body[field] = given.get(field, "")
        return self._accounts.save(body)

    async def _enable(self, request: Request) -> Json:
        self._accounts.save({key: value for key, value in self._of(request).items() if key != "disabled"})
        return {}

    async def _disable(self, request: Request) -> Json:
        self._accounts.save(self._of(request) | {"disabled": True})
        return {}

    async def _delete(self, request: Request) -> Json:
        self._accounts.delete(self._of(request)["email"])
        return {}

    async def _create_key(self, request: Request) -> Json:
        email, key = self._of(request)["email"], await asyncio.to_thread(new_key)
        made, account = self._accounts.add_key(email, key), self._of(request)
        file = {
            "type": "service_account",
            "project_id": account["projectId"],
            "private_key_id": made["name"].rpartition("/")[2],
            "private_key": private_pem(key),
            "client_email": email,
            "client_id": account["uniqueId"],
            "token_uri": f"{request.base_url}token",
            "universe_domain": "googleapis.com",
        }
        data = base64.b64encode(msgspec.json.encode(file)).decode()
        return made | {"privateKeyType": "TYPE_GOOGLE_CREDENTIALS_FILE", "privateKeyData": data}

    async def _list_keys(self, request: Request) -> Json:
        kinds = request.query_params.getlist("keyTypes")
        found = [body for body, _ in self._accounts.keys(self._of(request)["email"])]
        return {"keys": [body for body in found if not kinds or body["keyType"] in kinds]}

    async def _get_key(self, request: Request) -> Json:
        for body, public in self._accounts.keys(self._of(request)["email"]):
            if body["name"].endswith("/" + request.path_params["key"]):
                wanted = request.query_params.get("publicKeyType", "TYPE_NONE") != "TYPE_NONE"
                return body | ({"publicKeyData": base64.b64encode(public).decode()} if wanted else {})
        raise RpcError(grpc.StatusCode.NOT_FOUND, "Service account key does not exist.")

    async def _delete_key(self, request: Request) -> Json:
        if not self._accounts.delete_key(self._of(request)["email"], request.path_params["key"]):
            raise RpcError(grpc.StatusCode.NOT_FOUND, "Service account key does not exist.")
        return {}

    async def _token(self, request: Request) -> Response:
        """Gives an access token for an assertion that is signed with an account's key."""
        sent = parse_qs((await request.body()).decode())
        assertion = sent.get("assertion", [""])[0]
        if sent.get("grant_type") != [_GRANT]:
            return JSONResponse({"error": "unsupported_grant_type"}, 400)
        try:
            email = str(jwt.decode(assertion, verify=False).get("iss", ""))
            usable = {body["name"].rpartition("/")[2]: public for body, public in self._usable(email)}
            jwt.decode(assertion, certs=usable)
        except (ValueError, exceptions.GoogleAuthError) as error:
            return JSONResponse({"error": "invalid_grant", "error_description": f"Invalid JWT Signature: {error}"}, 400)
        token = self._signer.token(email, ACCESS_AUDIENCE)
        answer = {"access_token": token, "id_token": token, "expires_in": TOKEN_SECONDS, "token_type": "Bearer"}
        return JSONResponse(answer)

    def _usable(self, email: str) -> list[tuple[Json, bytes]]:
        account = self._accounts.find(email)
        if account is None or account.get("disabled"):
            raise ValueError("the account is not there, or disabled")
        return self._accounts.keys(email)
