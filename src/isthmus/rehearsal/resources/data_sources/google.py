"""Google Cloud: who and where, and the service agents, whose names follow from the project number."""

from __future__ import annotations

from typing import Any

from isthmus.rehearsal.realize.base import RealizeError
from isthmus.rehearsal.session import Session

Values = dict[str, Any]


def _project_of(config: Values, session: Session, name: str = "project") -> str:
    project = config.get(name) or session.project
    if not project:
        raise RealizeError(f"{name}: required field is not set", "Set it here or on the provider.")
    return str(project)


def project(config: Values, session: Session) -> Values:
    """A project, as one without an organization."""
    name = _project_of(config, session, "project_id")
    return {
        "id": f"projects/{name}",
        "project_id": name,
        "name": name,
        "number": session.number,
        "effective_labels": {},
        "labels": {},
        "terraform_labels": {},
    }


def client_config(config: Values, session: Session) -> Values:
    """The settings of the provider."""
    place = f"projects/{session.project or ''}/regions/{session.region or ''}/zones/{session.zone or ''}"
    return {
        "id": place,
        "project": session.project or "",
        "region": session.region or "",
        "zone": session.zone or "",
        "access_token": "rehearsal",
        "default_labels": dict(session.default_labels),
    }


def storage_project_service_account(config: Values, session: Session) -> Values:
    """The Cloud Storage service agent."""
    email = f"service-{session.number}@gs-project-accounts.iam.gserviceaccount.com"
    return {
        "id": email,
        "project": _project_of(config, session),
        "email_address": email,
        "member": f"serviceAccount:{email}",
    }


READERS = {
    "google_client_config": client_config,
    "google_project": project,
    "google_storage_project_service_account": storage_project_service_account,
}
