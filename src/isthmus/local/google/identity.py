"""Who calls: what a bearer token says, as `--auth` understands it.

There is no sign-in here. A token is one of these; anything else, and no token, is the anonymous caller.

- a member as IAM policies write it: `serviceAccount:app@p.iam.gserviceaccount.com`, `user:ann@example.com`
- an e-mail address alone: a service account's where it ends in `gserviceaccount.com`, else a user's
- an OIDC token that this server signed, as push requests carry it
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from google.auth import exceptions, jwt

ANONYMOUS = ""
_MEMBER = re.compile(r"(?:user|serviceAccount|principal|principalSet):\S+")
_ADDRESS = re.compile(r"[^@\s:]+@[^@\s:]+")


def member_of(authorization: str, certificates: Mapping[str, str]) -> str:
    """Returns the member that an Authorization header speaks for; `ANONYMOUS` for nobody.

    Args:
        authorization: The header's value.
        certificates: Those of the keys that sign this server's tokens, by key id.
    """
    kind, _, token = authorization.partition(" ")
    token = token.strip()
    if kind.lower() != "bearer" or not token:
        return ANONYMOUS
    if _MEMBER.fullmatch(token):
        return token
    if _ADDRESS.fullmatch(token):
        return _of_address(token)
    return _signed(token, certificates)


def is_member(text: str) -> bool:
    """Whether a text names one caller, as policies write it."""
    return bool(_MEMBER.fullmatch(text))


def _signed(token: str, certificates: Mapping[str, str]) -> str:
    try:
        claims = jwt.decode(token, certs=certificates)
    except (ValueError, exceptions.GoogleAuthError):
        return ANONYMOUS
    return _of_address(str(claims.get("email", "")))


def _of_address(address: str) -> str:
    if not address:
        return ANONYMOUS
    return f"{'serviceAccount' if address.endswith('gserviceaccount.com') else 'user'}:{address}"


def matches(member: str, bound: str) -> bool:
    """Whether a member of a binding is, or includes, the one that calls."""
    if bound == "allUsers":
        return True
    if member == ANONYMOUS:
        return False
    address = member.partition(":")[2]
    domain = bound.startswith("domain:") and address.endswith("@" + bound.removeprefix("domain:"))
    return bound in (member, "allAuthenticatedUsers") or domain
