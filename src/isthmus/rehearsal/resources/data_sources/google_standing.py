"""Google Cloud: what every project has or sees from the start."""

from __future__ import annotations

import re
from typing import Any

from isthmus.rehearsal.resources.data_sources.google import project_of
from isthmus.rehearsal.resources.data_sources.standing import Finder, Standing
from isthmus.rehearsal.session import Session

Values = dict[str, Any]

_PUBLISHERS = frozenset(
    [
        *("centos-cloud", "cos-cloud", "debian-cloud", "fedora-coreos-cloud", "opensuse-cloud", "rhel-cloud"),
        *("rhel-sap-cloud", "rocky-linux-cloud", "suse-cloud", "suse-sap-cloud", "ubuntu-os-cloud"),
        *("ubuntu-os-pro-cloud", "windows-cloud", "windows-sql-cloud", "deeplearning-platform-release"),
    ]
)
"""Projects of public images. Compute Engine documentation, "Operating system details", 2026-06."""
_CHANNELS = {"RAPID": "1.34.1-gke.1", "REGULAR": "1.33.5-gke.1", "STABLE": "1.32.9-gke.1", "EXTENDED": "1.33.5-gke.1"}
_VERSION = re.compile(r"(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-gke\.(\d+))?")
_LINK = "https://www.googleapis.com/compute/v1/projects"


def image(config: Values, session: Session) -> Standing | None:
    """A public image, by name or as the newest of its family."""
    owner = config.get("project")
    if owner not in _PUBLISHERS or not (config.get("name") or config.get("family")):
        return None
    name = config.get("name") or f"{config['family']}-v20260101"
    values = {
        "id": f"projects/{owner}/global/images/{name}",
        "self_link": f"{_LINK}/{owner}/global/images/{name}",
        "name": name,
        "family": config.get("family") or name.rpartition("-")[0],
        "project": owner,
        "disk_size_gb": 10,
        "status": "READY",
    }
    return Standing(values, "" if config.get("name") else "its name")


def engine_versions(config: Values, session: Session) -> Standing | None:
    """Versions of Kubernetes Engine, newest first; with a prefix one that begins so."""
    versions = sorted(set(_CHANNELS.values()), reverse=True)
    asked = _VERSION.match(config.get("version_prefix") or "")
    if asked:
        versions = ["{}.{}.{}-gke.{}".format(*(number or "1" for number in asked.groups()))]
    values = {
        "id": config.get("location") or "",
        "valid_master_versions": versions,
        "valid_node_versions": versions,
        "latest_master_version": versions[0],
        "latest_node_version": versions[0],
        "default_cluster_version": versions[-1],
        **{f"release_channel_{kind}_version": dict(_CHANNELS) for kind in ("default", "latest", "upgrade_target")},
    }
    return Standing(values, "the versions")


def default_network(config: Values, session: Session) -> Standing | None:
    """The network `default`, which a new project has unless its organization forbids it."""
    if config.get("name") != "default":
        return None
    path = f"projects/{project_of(config, session)}/global/networks/default"
    values = {
        "id": path,
        "self_link": f"{_LINK.removesuffix('/projects')}/{path}",
        "name": "default",
        "description": "Default network for the project",
        "project": project_of(config, session),
    }
    return Standing(values)


def user(config: Values, session: Session) -> Standing | None:
    """Who runs Terraform."""
    return Standing({"id": "rehearsal@example.com", "email": "rehearsal@example.com"}, "the address")


STANDING: dict[str, Finder] = {
    "google_client_openid_userinfo": user,
    "google_compute_image": image,
    "google_compute_network": default_network,
    "google_container_engine_versions": engine_versions,
}
