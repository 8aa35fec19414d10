"""Plan-time logic of single Google types: what the real provider checks or decides only when it plans."""

from __future__ import annotations

import ipaddress
import json
from typing import Any

from isthmus.rehearsal.convert.compare import Path
from isthmus.rehearsal.convert.values import UNKNOWN
from isthmus.rehearsal.resources import json_text
from isthmus.rehearsal.resources.google.filters import fault
from isthmus.rehearsal.resources.rules import Problem
from isthmus.rehearsal.session import Session

Values = dict[str, Any]
_SOURCES = ("source_tags", "source_ranges", "source_service_accounts")
# Names of the same column type.
_SAME_TYPE = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL", "STRUCT": "RECORD", "DECIMAL": "NUMERIC"}


def firewall(planned: Values, prior: Values | None) -> list[Problem]:
    """The problems of a firewall rule: what comes in comes from somewhere."""
    if planned.get("direction") == "EGRESS" or any(planned.get(name) is not None for name in _SOURCES):
        return []
    return [Problem("one of source_tags, source_ranges, or source_service_accounts must be defined")]


def subscription(planned: Values, prior: Values | None) -> list[Problem]:
    """Warns of a filter that Pub/Sub would not parse; the real provider only counts its characters."""
    text = planned.get("filter")
    wrong = fault(text) if isinstance(text, str) and text else ""
    source = "https://cloud.google.com/pubsub/docs/subscription-message-filter#filtering_syntax"
    detail = f"{wrong} The provider lets this through, and the cloud would refuse it at apply. Source: {source}"
    return [Problem(f"filter would be refused: {text}", detail, ("filter",), warning=True)] if wrong else []


def table_columns(prior: Values, planned: Values) -> list[Path]:
    """A BigQuery table's schema, when a change of it can't be made in place."""
    old, new = prior.get("schema"), planned.get("schema")
    if old == new or not (json_text.is_json(old) and json_text.is_json(new)):
        return []
    external = bool(planned.get("external_data_configuration"))
    return [] if _in_place(json.loads(str(old)), json.loads(str(new)), external, top=True) else [("schema",)]


def _in_place(old: Any, new: Any, external: bool, top: bool = False) -> bool:
    """Whether BigQuery can change these columns: added ones aren't required, and dropped ones are at the top only."""
    if not (isinstance(old, list) and isinstance(new, list)):
        return bool(old == new)
    before = {column.get("name"): column for column in old}
    after = {column.get("name"): column for column in new}
    added, dropped = {*after} - {*before}, {*before} - {*after}
    if any(after[name].get("mode") == "REQUIRED" for name in added):
        return False
    # Dropping beside adding may be a renaming, which only the author could tell.
    if dropped and (not top or external or added):
        return False
    return all(_column_in_place(before[name], after[name], external) for name in {*before} & {*after})


def _column_in_place(old: Values, new: Values, external: bool) -> bool:
    modes = (str(old.get("mode") or "NULLABLE").upper(), str(new.get("mode") or "NULLABLE").upper())
    if modes[0] != modes[1] and modes != ("REQUIRED", "NULLABLE"):
        return False
    if _type(old) != _type(new):
        return False
    return ("fields" not in old and "fields" not in new) or _in_place(old.get("fields"), new.get("fields"), external)


def _type(column: Values) -> str:
    name = str(column.get("type")).upper()
    return _SAME_TYPE.get(name, name)


def subnet_range(prior: Values, planned: Values) -> list[Path]:
    """A subnet's range, when the new one doesn't hold the old one whole."""
    old, new = prior.get("ip_cidr_range"), planned.get("ip_cidr_range")
    if new is UNKNOWN or not (isinstance(old, str) and isinstance(new, str)) or not old or not new:
        return []
    networks = [ipaddress.ip_network(text, strict=False) for text in (old, new)]
    grows = networks[0].version == networks[1].version and networks[0].subnet_of(networks[1])  # type: ignore[arg-type]
    return [] if grows else [("ip_cidr_range",)]


def retention_lock(prior: Values, planned: Values) -> list[Path]:
    """A bucket's retention policy, when its lock would have to be opened."""
    locks = [((values.get("retention_policy") or [{}])[0] or {}).get("is_locked") for values in (prior, planned)]
    return [("retention_policy", 0, "is_locked")] if locks[0] is True and locks[1] is not True else []


def autopilot(config: Values, prior: Values | None, planned: Values, session: Session) -> None:
    """Plans what Autopilot decides of a cluster's network."""
    if planned.get("enable_autopilot") is not True:
        return
    planned["enable_intranode_visibility"] = True
    if planned.get("networking_mode") in (UNKNOWN, None, ""):
        planned["networking_mode"] = "VPC_NATIVE"


PLAN = {"google_container_cluster": autopilot}
CHECK = {"google_compute_firewall": firewall, "google_pubsub_subscription": subscription}
REPLACE = {
    "google_bigquery_table": table_columns,
    "google_compute_subnetwork": subnet_range,
    "google_storage_bucket": retention_lock,
}
