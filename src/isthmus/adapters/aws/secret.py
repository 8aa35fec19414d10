"""AWS Secrets Manager: the few values that must not be in an environment or a state."""

from __future__ import annotations

from typing import Any

from isthmus.adapters.aws.faults import FAULTS
from isthmus.adapters.calls import Calls
from isthmus.core.errors import Unavailable


def read_secret(client: Any, name: str, calls: Calls) -> str:
    """Returns the newest value of a secret.

    Args:
        client: An SDK client of `secretsmanager`.
        name: The secret's name or ARN.
        calls: Where the calls are counted.

    Raises:
        Unavailable: It can't be read now, or has no text yet: somebody has to put it there.
    """
    calls.add("secretsmanager.GetSecretValue")
    try:
        value: str = client.get_secret_value(SecretId=name)["SecretString"]
    except FAULTS as error:
        raise Unavailable(f"the secret can't be read: {error}", where=name) from error
    return value
