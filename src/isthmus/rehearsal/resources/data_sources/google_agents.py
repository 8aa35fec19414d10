"""Google Cloud's service agents and default accounts, whose names follow from the project's id or number.

Names: Google Cloud documentation, "Service agents", 2026-06.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from isthmus.rehearsal.resources.data_sources.google import project_of
from isthmus.rehearsal.session import Session

Values = dict[str, Any]
Reader = Callable[[Values, Session], Values]


def _agent(template: str, **names: str) -> Reader:
    """A reader of an agent's e-mail address; `names` are further attributes and what they are."""

    def read(config: Values, session: Session) -> Values:
        project = project_of(config, session)
        email = template.format(number=session.number_of(project), project=project)
        values = {"email": email, "digits": _digits(email)}
        found = {name: values[value] for name, value in names.items()}
        return {"id": email, "project": project, "member": f"serviceAccount:{email}", "email": email, **found}

    return read


def _account(template: str, title: str) -> Reader:
    """A reader of a service account that a project has by default."""

    def read(config: Values, session: Session) -> Values:
        project = project_of(config, session)
        email = template.format(number=session.number_of(project), project=project)
        name = f"projects/{project}/serviceAccounts/{email}"
        return {
            "id": name,
            "name": name,
            "project": project,
            "email": email,
            "member": f"serviceAccount:{email}",
            "display_name": title,
            "unique_id": _digits(email),
        }

    return read


def logging_settings(config: Values, session: Session) -> Values:
    """Cloud Logging's settings as a new project has them."""
    project = project_of(config, session)
    agent = f"cmek-p{session.number_of(project)}@gcp-sa-logging.iam.gserviceaccount.com"
    return {
        "id": f"projects/{project}/settings",
        "name": f"projects/{project}/settings",
        "project": project,
        "disable_default_sink": False,
        "kms_key_name": "",
        "kms_service_account_id": agent,
        "logging_service_account_id": f"service-{session.number_of(project)}@gcp-sa-logging.iam.gserviceaccount.com",
        "storage_location": "",
    }


def logging_cmek_settings(config: Values, session: Session) -> Values:
    """Cloud Logging's encryption settings as a new project has them."""
    project = project_of(config, session)
    return {
        "id": f"projects/{project}/cmekSettings",
        "name": f"projects/{project}/cmekSettings",
        "project": project,
        "service_account_id": f"cmek-p{session.number_of(project)}@gcp-sa-logging.iam.gserviceaccount.com",
    }


def _digits(text: str) -> str:
    """A made-up unique id, always the same for a name."""
    return str(int(hashlib.sha256(text.encode()).hexdigest(), 16))[:21]


READERS: dict[str, Reader] = {
    "google_app_engine_default_service_account": _account(
        "{project}@appspot.gserviceaccount.com", "App Engine default service account"
    ),
    "google_bigquery_default_service_account": _agent("bq-{number}@bigquery-encryption.iam.gserviceaccount.com"),
    "google_compute_default_service_account": _account(
        "{number}-compute@developer.gserviceaccount.com", "Compute Engine default service account"
    ),
    "google_logging_project_cmek_settings": logging_cmek_settings,
    "google_logging_project_settings": logging_settings,
    "google_storage_project_service_account": _agent(
        "service-{number}@gs-project-accounts.iam.gserviceaccount.com", email_address="email"
    ),
    "google_storage_transfer_project_service_account": _agent(
        "project-{number}@storage-transfer-service.iam.gserviceaccount.com", subject_id="digits"
    ),
}
