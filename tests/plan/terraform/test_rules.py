"""What must hold whatever else changes: nothing lost, nothing public, nobody may do everything, names fit."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType
from typing import Any

PREFIX = "p" * 20
"""The longest prefix that the stacks take."""
PROJECT = "q" * 30
REGION = "r" * 14

LIMITS = {
    "aws_apigatewayv2_api": 128,
    "aws_globalaccelerator_accelerator": 255,
    "aws_iam_role": 64,
    "aws_iam_role_policy": 128,
    "aws_kms_alias": 256,
    "aws_lambda_function": 64,
    "aws_lb": 32,
    "aws_lb_target_group": 32,
    "aws_s3_bucket": 63,
    "aws_scheduler_schedule": 64,
    "aws_sns_topic": 256,
    "aws_sqs_queue": 80,
    "aws_wafv2_web_acl": 128,
    "google_cloud_run_v2_service": 49,
    "google_bigquery_dataset": 1024,
    "google_billing_budget": 60,
    "google_certificate_manager_certificate": 63,
    "google_cloud_scheduler_job": 500,
    "google_certificate_manager_certificate_map": 63,
    "google_certificate_manager_certificate_map_entry": 63,
    "google_certificate_manager_dns_authorization": 63,
    "google_compute_address": 63,
    "google_compute_global_address": 63,
    "google_compute_global_forwarding_rule": 63,
    "google_compute_backend_service": 63,
    "google_compute_network": 63,
    "google_compute_network_firewall_policy": 63,
    "google_compute_region_network_endpoint_group": 63,
    "google_compute_route": 63,
    "google_compute_router": 63,
    "google_compute_router_nat": 63,
    "google_compute_security_policy": 63,
    "google_compute_ssl_policy": 63,
    "google_compute_subnetwork": 63,
    "google_compute_target_https_proxy": 63,
    "google_compute_url_map": 63,
    "google_dns_managed_zone": 63,
    "google_dns_policy": 63,
    "google_kms_key_ring": 63,
    "google_logging_project_bucket_config": 100,
    "google_logging_project_exclusion": 100,
    "google_logging_project_sink": 100,
    "google_project_iam_custom_role": 64,
    "google_pubsub_subscription": 255,
    "google_pubsub_topic": 255,
    "google_service_account": 30,
    "google_iam_workload_identity_pool": 32,
    "google_storage_bucket": 63,
}
"""Longest name of each type (the clouds' own documentation, 2026-11)."""

NAME_ARGUMENTS = ("account_id", "bucket", "bucket_id", "display_name", "name", "role_id", "workload_identity_pool_id")


def _all(folders: list[Path], reader: ModuleType, type_name: str) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{folder.parent.name}/{folder.name}.{name}", body)
        for folder in folders
        for found, name, body in reader.resources(folder)
        if found == type_name
    ]


def test_every_queue_has_dead_letters(modules: list[Path], reader: ModuleType) -> None:
    """Each SQS queue that is read redrives to another, and that one takes from it alone; a schedule's from no queue."""
    queues = _all(modules, reader, "aws_sqs_queue")
    assert len(queues) == 6
    for name, body in queues:
        assert ("redrive_policy" in body) != name.endswith(".dead_letter"), name
    allows = _all(modules, reader, "aws_sqs_queue_redrive_allow_policy")
    assert len(allows) == 4
    for name, allow in allows:
        assert ("denyAll" if name.startswith(("aws/compaction.", "aws/ledger.")) else "byQueue") in str(
            allow["redrive_allow_policy"]
        ), name


def test_sns_keeps_what_it_cannot_deliver(modules: list[Path], stacks: list[Path], reader: ModuleType) -> None:
    """A subscription without a redrive policy drops a message that its queue refuses."""
    for name, body in _all([*modules, *stacks], reader, "aws_sns_topic_subscription"):
        if reader.text(body["protocol"]) == "email":
            continue  # a person, who has no queue
        assert "deadLetterTargetArn" in str(body["redrive_policy"]), name
        assert body["raw_message_delivery"] is True, name


def test_every_topic_refuses_what_comes_without_tls(
    modules: list[Path], stacks: list[Path], reader: ModuleType
) -> None:
    """Each SNS topic has a policy of its own, whose document denies everybody what isn't encrypted on the way."""
    folders = [*modules, *stacks]
    topics = {name for name, _ in _all(folders, reader, "aws_sns_topic")}
    policies = dict(_all(folders, reader, "aws_sns_topic_policy"))
    assert len(topics) == 4
    assert policies.keys() == topics
    documents = {
        f"{folder.parent.name}/{folder.name}.{name}": body
        for folder in folders
        for found, name, body in reader.resources(folder, "data")
        if found == "aws_iam_policy_document"
    }
    for name, policy in policies.items():
        (document,) = re.findall(r"aws_iam_policy_document\.(\w+)", str(policy["policy"]))
        statements = documents[f"{name.rpartition('.')[0]}.{document}"]["statement"]
        (deny,) = (one for one in statements if reader.text(one.get("effect", "Allow")) == "Deny")
        assert "aws:SecureTransport" in str(deny["condition"]), name
        assert "sns:Publish" in str(deny["actions"]), name


def test_every_subscription_has_dead_letters_and_never_expires(modules: list[Path], reader: ModuleType) -> None:
    """Each Pub/Sub subscription lives on unread; one that pushes has dead letters, and a time to be acknowledged in."""
    for name, body in _all(modules, reader, "google_pubsub_subscription"):
        assert reader.text(body["expiration_policy"][0]["ttl"]) == "", name
        assert "ack_deadline_seconds" in body, name
        assert ("dead_letter_policy" in body) != name.endswith(".dead_letter"), name


def test_pubsub_may_move_dead_letters(modules: list[Path], reader: ModuleType) -> None:
    """Dead-lettering fails in silence unless the service agent may publish there and acknowledge here."""
    for module in ("alerts", "messaging"):
        roles = {
            reader.text(body["role"])
            for kind in ("google_pubsub_topic_iam_member", "google_pubsub_subscription_iam_member")
            for name, body in _all(modules, reader, kind)
            if name.endswith(f"{module}.agent")
        }
        assert roles == {"roles/pubsub.publisher", "roles/pubsub.subscriber"}, module


def test_nothing_is_public(modules: list[Path], stacks: list[Path], reader: ModuleType) -> None:
    """No grant names everybody, and every bucket is closed to the public."""
    for folder in modules + stacks:
        for kind, name, body in reader.resources(folder):
            assert "allUsers" not in str(body.get("member", "")), f"{kind}.{name}"
            assert "allAuthenticatedUsers" not in str(body.get("member", "")), f"{kind}.{name}"
    blocks = _all(modules, reader, "aws_s3_bucket_public_access_block")
    assert len(blocks) == len(_all(modules, reader, "aws_s3_bucket"))
    switches = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    assert all(block[switch] is True for _, block in blocks for switch in switches)
    for name, bucket in _all(modules, reader, "google_storage_bucket"):
        assert reader.text(bucket["public_access_prevention"]) == "enforced", name
        assert bucket["uniform_bucket_level_access"] is True, name


WIDE = {
    "boundary.boundary.Telemetry": "it gives nothing: a boundary is a limit, and these have no resources",
    "ci_trust.apply_data.Keys": "keys have ids: they are told by their tag",
    "ci_trust.apply_data.NewKeys": "a key that is yet to be made has no name: its tag is asked for",
    "ci_trust.apply_data.Unnamed": "AWS names these itself",
    "ci_trust.apply_edge.NewAccelerator": "an accelerator that is yet to be made has no name: its tag is asked for",
    "ci_trust.apply_identity.Network": "AWS names these itself; in this region alone",
    "ci_trust.plan.Settings": "settings are read, no data; lists have no resources",
    "function.work.Traces": "X-Ray has no resources",
    "keys.key.Account": "in a key's policy the resource is the key",
    "keys.key.each": "in a key's policy the resource is the key",
    "network.flow.Find": "a list of log groups has no resource",
    "network.gateway.Account": "an endpoint says who goes through; identities' own policies say to what",
    "network.interface.Account": "an endpoint says who goes through; identities' own policies say to what",
    "synthetics.work.Metrics": "metrics have no resources; their namespace is asked for",
    "state.key.Account": "in a key's policy the resource is the key",
}
"""Statements that allow every action of a service, or every resource, and why."""


def test_an_allow_names_actions_and_resources(modules: list[Path], stacks: list[Path], reader: ModuleType) -> None:
    """Only what is listed with its reason may have every resource or every action."""
    wide = set()
    for folder in modules + stacks:
        for kind, name, body in reader.resources(folder, "data"):
            if kind == "aws_iam_policy_document":
                wide |= {f"{folder.name}.{name}.{sid}" for sid in _wide(body, reader)}
    assert wide == set(WIDE)


def _wide(body: dict[str, Any], reader: ModuleType) -> set[str]:
    statements = list(body.get("statement", []))
    for block in body.get("dynamic", []):
        for generated in block.values():
            content = generated["content"]
            statements.extend(content if isinstance(content, list) else [content])
    found = set()
    for statement in statements:
        if reader.text(statement.get("effect", "Allow")) == "Deny":
            continue
        actions, resources = (
            [reader.text(item) for item in _list(statement.get(key))] for key in ("actions", "resources")
        )
        if "*" in resources or any(action == "*" or action.endswith(":*") for action in actions):
            sid = reader.text(statement["sid"])
            found.add("each" if "(" in sid else sid)
    return found


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_no_grant_is_a_basic_role(modules: list[Path], stacks: list[Path], reader: ModuleType) -> None:
    """Owner, editor and viewer are never granted; a project grants traces and jobs (CI: its own lists)."""
    for folder in modules + stacks:
        for kind, name, body in reader.resources(folder):
            role = reader.text(body.get("role", "")) if kind.startswith("google") else ""
            assert not re.fullmatch(r"roles/(owner|editor|viewer)", role), f"{kind}.{name}"
            if kind == "google_project_iam_member" and folder.name != "ci_trust":
                assert role in {"roles/bigquery.jobUser", "roles/cloudtrace.agent"}, name


def test_ci_has_no_basic_role_and_grants_only_what_the_stacks_grant(
    modules: list[Path], stacks: list[Path], reader: ModuleType
) -> None:
    """The lists of module ci_trust have no basic role, and its boundary is what is granted on a project elsewhere."""
    (folder,) = (path for path in modules if path.match("gcp/ci_trust"))
    lists = reader.locals_of(folder)
    text = str(lists)
    assert not re.search(r"roles/(owner|editor|viewer)\b", text)
    granted = {
        reader.text(body["role"])
        for path in modules + stacks
        if path != folder
        for kind, _, body in reader.resources(path)
        if kind == "google_project_iam_member"
    }
    assert granted == {reader.text(role) for role in lists["granted_roles"]}


def test_everything_that_keeps_events_has_its_own_key(modules: list[Path], reader: ModuleType) -> None:
    """Topics, queues, logs and buckets are encrypted with a customer-managed key."""
    for kind, argument in {
        "aws_cloudwatch_log_group": "kms_key_id",
        "aws_sns_topic": "kms_master_key_id",
        "aws_sqs_queue": "kms_master_key_id",
        "google_pubsub_topic": "kms_key_name",
    }.items():
        for name, body in _all(modules, reader, kind):
            assert "var." in str(body[argument]), name
    for name, bucket in _all(modules, reader, "google_storage_bucket"):
        assert re.search(r"var\.key|google_kms_crypto_key\.", str(bucket["encryption"][0]["default_kms_key_name"])), (
            name
        )


def test_every_skipped_check_says_why(terraform: Path) -> None:
    """A skip of checkov's has its reason beside it, or is the same as the one above it."""
    skips = [
        (path, line, why.strip())
        for path in terraform.rglob("*.tf")
        for line, why in re.findall(r"checkov:skip=(\w+)(.*)", path.read_text())
    ]
    assert len(skips) > 50
    assert [skip for skip in skips if not re.fullmatch(r":(The same|As said above|.*\w \w.*)\.", skip[2])] == []


def test_every_name_fits(modules: list[Path], reader: ModuleType) -> None:
    """With the longest prefix, project and region, no name is longer than its cloud allows."""
    for folder in modules:
        own = {key: reader.text(value) for key, value in reader.locals_of(folder).items() if key == "name"}
        for kind, name, body in reader.resources(folder):
            argument = next((key for key in NAME_ARGUMENTS if key in body), None)
            if kind in LIMITS and argument:
                longest = _longest(reader.text(body[argument]), own.get("name", ""))
                assert len(longest) <= LIMITS[kind], f"{kind}.{name}: {longest}"


def _longest(template: str, own_name: str) -> str:
    values = {
        "local.name": own_name,
        'replace(var.prefix, "-", "_")': PREFIX,
        "substr(sha256(var.prefix), 0, 8)": "0" * 8,
        "var.prefix": PREFIX,
        "var.name": "n" * 12,
        "coalesce(var.handler, var.role)": "h" * 9,
        "var.role": "archive",
        "var.project": PROJECT,
        "var.region": REGION,
        "each.key": "messaging",
        "data.aws_caller_identity.current.account_id": "0" * 12,
        "data.aws_region.current.region": REGION,
    }
    for _ in range(2):
        for expression, value in values.items():
            template = template.replace("${" + expression + "}", value)
            template = value if template == expression else template
    assert "${" not in template, f"this test does not know {template}"
    return template
