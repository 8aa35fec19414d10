"""Talks to the control process of a run."""

from __future__ import annotations

from typing import Any

import httpx

from isthmus.core.errors import Refused, Unavailable
from isthmus.local import process
from isthmus.local.endpoints import url
from isthmus.local.errors import NotUp
from isthmus.local.rundir import RunDirectory

TIMEOUT_SECONDS = 10.0


class ControlClient:
    """The routes of a run's control process.

    Raises:
        NotUp: The control process doesn't run.
    """

    def __init__(self, run: RunDirectory, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        record = run.read()
        part = record.parts.get("control")
        if part is None or not process.alive(part):
            raise NotUp("the control process does not run", where=str(run.root))
        self._http = httpx.Client(
            base_url=url(record.ports["control.http"]),
            headers={"Authorization": f"Bearer {record.control_token}"},
            timeout=timeout_seconds,
            trust_env=False,
        )

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Returns the JSON answer of `/<service>/<path>`, or `text` of one that is none.

        Raises:
            Refused: It answers with an error; the message is its `error`.
            Unavailable: It doesn't answer.
        """
        try:
            answer = self._http.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise Unavailable(
                f"the control process does not answer: {error}", where=path, fix="run `isthmus up`"
            ) from error
        if answer.is_error:
            said = answer.json() if answer.headers.get("content-type") == "application/json" else {}
            raise Refused(said.get("error") or f"status {answer.status_code}", where=path, fix=said.get("fix", ""))
        return answer.json() if answer.headers.get("content-type") == "application/json" else {"text": answer.text}
