"""A flag that is off plans nothing of its part, on either cloud; one that is on plans some."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from isthmus.change import plans
from isthmus.change.plans import Target
from isthmus.local import packages
from isthmus.local.stacks import build_variables
from isthmus.local.watch import alarms
from isthmus.local.watch.minutes import Minutes
from isthmus.local.watch.totals import Series


@dataclass(frozen=True)
class Part:
    """What a flag switches.

    Attributes:
        stacks: Where it is.
        signs: A pattern of its resources' addresses.
        needs: Flags that it is a part of.
        variables: What it asks for besides.
    """

    stacks: tuple[str, ...]
    signs: str
    needs: tuple[str, ...] = ()
    variables: dict[str, object] = field(default_factory=dict)


FAILOVER = {"domain": "events.example.com", "addresses": {"aws": ["198.51.100.7"], "gcp": ["203.0.113.10"]}}
AWS = {"account_id": "000000000000", "region": "us-east-1"}
LOCATION = {**AWS, "datasync_location": "arn:aws:datasync:us-east-1:000000000000:location/loc-0123456789abcdef0"}
GOOGLE = {
    "project": "isthmus-dev",
    "project_number": "000000000000",
    "region": "us-central1",
    "service_account_ids": {"transfer": "1" * 21},
}
PARTS = {
    "analytics": Part(("platform/aws", "platform/gcp"), r"module\.(analytics|compaction)"),
    "budgets": Part(("foundation/aws", "foundation/gcp"), r"module\.budget"),
    "datasync": Part(("platform/aws", "platform/gcp"), r"datasync", ("replication",), {"aws": LOCATION}),
    "edge": Part(("edge/aws", "edge/gcp"), r".", ("network",), {"failover": FAILOVER}),
    "flow_logs": Part(("foundation/aws", "foundation/gcp"), r"flow|dns_policy", ("network",)),
    "ledger": Part(("platform/aws", "platform/gcp"), r"ledger|cloudscheduler"),
    "nat": Part(("foundation/aws", "foundation/gcp"), r"nat", ("network",)),
    "network": Part(("foundation/aws", "foundation/gcp"), r"module\.network"),
    "replication": Part(("platform/aws", "platform/gcp"), r"module\.replication", (), {"google": GOOGLE}),
    "synthetics": Part(("edge/aws", "edge/gcp"), r"synthetics", ("edge", "network"), {"failover": FAILOVER}),
    "tracing": Part(("platform/gcp",), r"tracing"),
}


def _planned(root: Path, stack: str, flags: dict[str, bool], run_dir: Path, **variables: object) -> dict[str, Any]:
    given = {"features": flags, **variables}
    (planned,) = plans.plan_all(
        root,
        [Target("dev", stack)],
        {**build_variables(), **{name: v if isinstance(v, str) else json.dumps(v) for name, v in given.items()}},
        run_dir,
    )
    assert [problem for problem in planned.problems if problem.level == "error"] == []
    changes = planned.plan.get("resource_changes", [])
    return {change["address"]: change["change"]["after"] for change in changes if change["mode"] == "managed"}


def _addresses(root: Path, stack: str, flags: dict[str, bool], run_dir: Path, **variables: object) -> set[str]:
    return set(_planned(root, stack, flags, run_dir, **variables))


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the plans keep what must not be in the tree."""
    packages.ensure()
    return tmp_path_factory.mktemp("flags")


@pytest.mark.parametrize(("flag", "stack"), [(flag, stack) for flag, part in PARTS.items() for stack in part.stacks])
def test_a_flag_switches_its_part_and_nothing_else(flag: str, stack: str, terraform: Path, scratch: Path) -> None:
    """Off there is none of it; on there is; what does not belong to it stays as it was."""
    part = PARTS[flag]
    root = _without(terraform / "environments" / "dev.tfvars", scratch / flag, part.variables)
    others = {name: name in part.needs for name in PARTS}
    off = _addresses(root, stack, {**others, flag: False}, scratch, **part.variables)
    on = _addresses(root, stack, {**others, flag: True}, scratch, **part.variables)
    signs = re.compile(part.signs)
    assert {address for address in off if signs.search(address)} == set()
    assert any(signs.search(address) for address in on)
    assert off <= on


def test_without_edge_google_has_no_load_balancer(terraform: Path, scratch: Path) -> None:
    """The edge's part in the platform: the load balancer and its certificate need the name that senders use."""
    root = _without(terraform / "environments" / "dev.tfvars", scratch / "balancer", {"failover": FAILOVER})
    signs = re.compile(r"module\.(certificate|ingest)|google_compute|certificatemanager|compute\.googleapis")
    off, on = (_addresses(root, "platform/gcp", {"edge": flag}, scratch, failover=FAILOVER) for flag in (False, True))
    assert {address for address in off if signs.search(address)} == set()
    assert {address for address in on - off if not signs.search(address)} == set()
    assert any("google_compute_security_policy" in address for address in on)


def test_without_edge_the_network_on_aws_has_no_gateway(terraform: Path, scratch: Path) -> None:
    """The edge's part in the foundation: an internet gateway, which an accelerator asks for; no route, no address."""
    root = _without(terraform / "environments" / "dev.tfvars", scratch / "gateway", {"failover": FAILOVER})
    off, on = (
        _addresses(root, "foundation/aws", {"edge": flag, "network": True}, scratch, failover=FAILOVER)
        for flag in (False, True)
    )
    assert on - off == {"module.network[0].aws_internet_gateway.this[0]"}
    assert off <= on


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_without_a_slack_secret_there_is_no_alert_function(cloud: str, terraform: Path, scratch: Path) -> None:
    """With one there is, reading the alarms' topic and the budget's; no more changes but what watches its queue."""
    root = _without(terraform / "environments" / "dev.tfvars", scratch / "alerts", ["contacts"])
    stack, flags = f"platform/{cloud}", {"budgets": True}
    off = _addresses(root, stack, flags, scratch, contacts={"emails": ["a@example.com"]})
    on = _addresses(
        root, stack, flags, scratch, contacts={"emails": ["a@example.com"], "slack_secret": "isthmus-dev-slack"}
    )
    signs = re.compile(r"module\.alerts|observability.*\"alert-|secretmanager")
    assert {address for address in off if signs.search(address)} == set()
    assert {address for address in on - off if not signs.search(address)} == set()
    assert off <= on
    kind = "aws_sns_topic_subscription" if cloud == "aws" else "google_pubsub_subscription"
    read = {address for address in on if re.search(rf"module\.alerts\[0\]\.{kind}\.alert\[", address)}
    assert {address[address.index('["') + 2 : -2] for address in read} == {"alarms", "budget"}


def test_the_canary_sends_an_event_only_with_a_key(terraform: Path, scratch: Path) -> None:
    """It is given the archive's name as the layer below makes it, and the secret's, never the key."""
    root = _without(terraform / "environments" / "dev.tfvars", scratch / "probe", ["failover"])
    flags = {"edge": True, "network": True, "synthetics": True}
    given = {False: FAILOVER, True: {**FAILOVER, "probe_secret": "isthmus-dev-probe"}}
    plans = {on: _planned(root, "edge/aws", flags, scratch, failover=failover) for on, failover in given.items()}
    assert set(plans[False]) == set(plans[True])
    (canary,) = (address for address in plans[True] if "aws_synthetics_canary" in address)
    environments = {on: plan[canary]["run_config"][0]["environment_variables"] for on, plan in plans.items()}
    ready = {"ISTHMUS_PROBE_URL": "https://events.example.com/readyz"}
    assert environments[False] == ready
    assert environments[True] == ready | {
        "ISTHMUS_PROBE_BUCKET": "isthmus-dev-archive-000000000000-us-east-1",
        "ISTHMUS_PROBE_INGEST": "https://events.example.com",
        "ISTHMUS_PROBE_SECONDS": "105",
        "ISTHMUS_PROBE_SECRET": "isthmus-dev-probe",
    }
    below = _planned(terraform.parent, "platform/aws", {}, scratch)
    (bucket,) = (
        after
        for address, after in below.items()
        if address.startswith("module.archive.module.bucket.aws_s3_bucket.this")
    )
    assert environments[True]["ISTHMUS_PROBE_BUCKET"] == bucket["bucket"]


def test_the_ledgers_list_the_archives_that_the_other_cloud_has(terraform: Path, scratch: Path) -> None:
    """Names are derived and never read, so each is held against what the other cloud's stack makes."""
    ids = {"service_account_ids": {"ledger": "1" * 21}}
    root = _without(terraform / "environments" / "dev.tfvars", scratch / "ledger", ["google"])
    on = {"ledger": True}
    plan = {c: _planned(root, f"platform/{c}", on, scratch, google={**GOOGLE, **ids}) for c in ("aws", "gcp")}
    buckets = {
        "aws": plan["aws"]["module.archive.module.bucket.aws_s3_bucket.this"]["bucket"],
        "gcp": plan["gcp"]["module.archive.google_storage_bucket.archive"]["name"],
    }
    function = plan["aws"]["module.ledger[0].module.function.aws_lambda_function.this"]
    service = plan["gcp"]["module.ledger[0].module.function.google_cloud_run_v2_service.this"]
    env = {
        "aws": function["environment"][0]["variables"],
        "gcp": {one["name"]: one.get("value") for one in service["template"][0]["containers"][0]["env"]},
    }
    for here, there in (("aws", "gcp"), ("gcp", "aws")):
        assert env[here]["ISTHMUS_BUCKET"] == buckets[here]
        assert env[here]["ISTHMUS_OTHER_BUCKET"] == buckets[there]
    role = plan["aws"]["module.ledger[0].aws_iam_role.google[0]"]["name"]
    assert env["gcp"]["ISTHMUS_AWS_ROLE_ARN"] == f"arn:aws:iam::000000000000:role/{role}"
    pool = plan["gcp"]["module.identity.google_iam_workload_identity_pool_provider.lambda"]["attribute_condition"]
    assert f"'{function['function_name']}'" in pool
    assert "ISTHMUS_GCP_SERVICE_ACCOUNT" not in env["aws"]
    assert "module.identity.aws_iam_role.google[0]" not in plan["aws"], "the ledger becomes the role that publishes"


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_the_ledgers_alarms_fire_on_the_laptop_as_there(cloud: str, terraform: Path, scratch: Path) -> None:
    """Each is followed: by what is missing, by a late frame, by other contents, and by nothing that is compared."""
    kinds = (alarms.METRIC_ALARM, alarms.POLICY)
    plan = _planned(terraform.parent, f"platform/{cloud}", {"ledger": True}, scratch)
    own = {address: after for address, after in plan.items() if address.startswith("module.ledger[0]")}
    defined = [(kind, after) for address, after in own.items() for kind in kinds if f".{kind}." in address]
    quiet = {
        **{
            (f"isthmus.replication.{name}", (c,)): 0.0 for name in ("oldest_missing_age", "lag") for c in ("aws", "gcp")
        },
        ("isthmus.replication.corrupt", ()): 0.0,
    }
    bad: dict[Series, float] = {
        ("isthmus.replication.oldest_missing_age", ("gcp",)): 901.0,
        ("isthmus.replication.lag", ("aws",)): 901.0,
        ("isthmus.replication.corrupt", ()): 1.0,
    }
    prefix = "isthmus-dev-replication-"
    assert len(defined) == 6
    assert _firing(defined, cloud, quiet, compared=True) == set()
    assert _firing(defined, cloud, quiet, compared=False) == {f"{prefix}unknown"}
    wrong = {f"{prefix}missing-gcp", f"{prefix}lag-aws", f"{prefix}corrupt"}
    assert _firing(defined, cloud, {**quiet, **bad}, compared=True) == wrong


def _firing(defined: list[tuple[str, Any]], cloud: str, figures: Mapping[Series, float], *, compared: bool) -> set[str]:
    """The alarms that fire after four hours of these figures, with a comparison every hour or with none."""
    minutes, start = Minutes(), 1_800_000_000
    for minute in range(240):
        count: dict[Series, float] = {("isthmus.replication.compared", (cloud,)): 1 + compared * (minute // 60)}
        minutes.add(start + 60 * minute, {**figures, **count})
    found = alarms.evaluate(defined, minutes, start + 60 * 239)
    assert {alarm.state for alarm in found} <= {"fires", "ok"}
    return {alarm.name for alarm in found if alarm.state == "fires"}


def test_every_flag_is_tested(terraform: Path) -> None:
    """The flags here are those that the stacks take."""
    text = (terraform / "modules/aws/profile/main.tf").read_text()
    flags = re.search(r"flags = \[([^\]]*)\]", text)
    assert flags is not None
    assert set(re.findall(r'"(\w+)"', flags[1])) == set(PARTS)


def _without(file: Path, root: Path, names: Iterable[str]) -> Path:
    """A project like this one whose environment leaves these variables to the caller."""
    terraform = root / "terraform"
    (terraform / "environments").mkdir(parents=True, exist_ok=True)
    for name in ("modules", "stacks"):
        if not (terraform / name).exists():
            (terraform / name).symlink_to(file.parents[1] / name)
    kept, skipping = [], False
    for line in file.read_text().splitlines():
        if re.match(r"(\w+)\s+=", line):
            skipping = line.split()[0] in names
        if not skipping:
            kept.append(line)
    (terraform / "environments" / file.name).write_text("\n".join(kept) + "\n")
    return root
