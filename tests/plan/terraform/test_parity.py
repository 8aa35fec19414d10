"""The same idea has the same module, variables and outputs on both clouds; where it can't, the reason is here."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

ONLY_MODULES = {
    "boundary": "aws: a permissions boundary; on Google a role is bounded by where it is granted",
    "bucket": "aws: a bucket is six resources; on Google it is one",
    "images": "gcp: Cloud Run takes an image; Lambda's packages are in the plan",
    "front": "aws: fixed addresses in front of the function; on Google the ingest's load balancer has one",
}

GOOGLE_SCOPE = "gcp: a resource names its project; on AWS the credentials do"
GOOGLE_PLACE = "gcp: a resource names its region; on AWS the provider does"
AGENTS = "gcp: service agents are named by the project's number"

BOUNDARY = "aws: roles have a permissions boundary; on Google there is none"

ONLY_VARIABLES: dict[str, dict[str, str]] = {
    "alerts": {
        "architecture": "aws: the image says it on Google",
        "boundary": BOUNDARY,
        "deletion_protection": "gcp: Lambda has none, and its functions hold nothing",
        "email": "aws: SES sends; on Google, Cloud Billing and Cloud Monitoring send theirs themselves",
        "image": "gcp: Cloud Run takes an image",
        "log_key": "aws: Cloud Logging's buckets are the project's",
        "log_retention_days": "aws: Cloud Logging's buckets are the project's",
        "package": "aws: Lambda takes a zip",
        "project": GOOGLE_SCOPE,
        "project_number": AGENTS,
        "push_identity": "gcp: Pub/Sub pushes; on AWS the function reads its queue",
        "region": GOOGLE_PLACE,
        "senders": "aws: health checks tell a topic of the edge; on Google all alerts have one channel",
        "storage_key": "aws: who writes to an encrypted bucket uses its key; Storage uses it for them",
    },
    "analytics": {
        "first_date": "aws: Athena lists the days that there may be; BigQuery the objects that there are",
        "partition_days": "gcp: loaded events go after a time; Athena loads none",
        "project": GOOGLE_SCOPE,
        "query_cutoff_gb": "aws: a workgroup ends a query; in BigQuery each job has its own limit",
        "query_daily_gb": "gcp: a quota ends a day's queries; Athena has none by bytes",
        "region": GOOGLE_PLACE,
    },
    "archive": {
        "project": GOOGLE_SCOPE,
        "region": GOOGLE_PLACE,
        "soft_delete_days": "gcp: S3 has no second safety net under its versions",
    },
    "budget": {
        "billing_account": "gcp: budgets are the billing account's",
        "environment": "aws: costs are told by tag; on Google by project",
        "project": GOOGLE_SCOPE,
        "project_number": AGENTS,
        "region": GOOGLE_PLACE,
    },
    "ci_trust": {
        "billing_account": "gcp: budgets are the billing account's",
        "images": "gcp: Cloud Run takes an image; Lambda's packages are in the plan",
        "lock_table": "aws: GCS locks by itself",
        "project": GOOGLE_SCOPE,
        "push_environment": "gcp: whoever pushes the image",
        "state_key": "aws: on Google the bucket's service agent uses the key",
    },
    "certificate": {
        "project": GOOGLE_SCOPE,
        "zone": "aws: the module waits for the proof in the zone; on Google the edge layer puts it there",
    },
    "failover": {
        "alarm_topic": "aws: health checks have alarms in one region alone; on Google in the observability module",
        "project": GOOGLE_SCOPE,
        "region": "gcp: a standby is filed under a region",
    },
    "function": {
        "access": "gcp: Cloud Run has a network setting; a Lambda function has no address",
        "architecture": "aws: the image says it on Google",
        "boundary": BOUNDARY,
        "deletion_protection": "gcp: Lambda has none, and its functions hold nothing",
        "image": "gcp: Cloud Run takes an image",
        "invokers": "gcp: on AWS the queue mapping and the gateway's permission are it",
        "network": "gcp: a Lambda function outside a VPC has no network to send through, and needs none",
        "log_key": "aws: Cloud Logging's buckets are the project's",
        "package": "aws: Lambda takes a zip",
        "policy": "aws: on Google grants are on the resources, in the stack's access.tf",
        "project": GOOGLE_SCOPE,
        "queue": "aws: Lambda pulls; on Google the subscription pushes",
        "region": GOOGLE_PLACE,
        "secrets": "gcp: Cloud Run hands a secret over; a Lambda function reads it itself",
        "tracing": "aws: X-Ray is a setting of the function; on Google it is a grant",
    },
    "identity": {
        "aws_account_id": "gcp: the other cloud's account",
        "aws_roles": "gcp: the other cloud's identities",
        "boundary": BOUNDARY,
        "other_roles": "gcp: a pool lets roles in; on AWS each role says itself whom it trusts",
        "key": "aws: who publishes to an encrypted SNS topic uses its key; Pub/Sub uses it for them",
        "project": GOOGLE_SCOPE,
        "service_accounts": "aws: the other cloud's identities",
    },
    "ingest": {
        "certificate_map": "gcp: the load balancer ends TLS for the name; on AWS the edge layer's front does",
        "detailed_metrics": "aws: metrics a route cost extra; the load balancer has them",
        "domain": "gcp: the load balancer ends TLS for the name; on AWS the edge layer's front does",
        "function": "aws: the gateway's permission is on the function; Cloud Run says itself who reaches it",
        "log_key": "aws: an access log of its own; on Google it goes to the bucket of logs",
        "log_retention_days": "aws: an access log of its own; on Google it goes to the bucket of logs",
        "log_sampling": "gcp: a share is logged; on AWS all",
        "project": GOOGLE_SCOPE,
        "rate_per_minute": "gcp: Cloud Armor counts an address's requests; API Gateway everybody's",
        "region": GOOGLE_PLACE,
        "service": "gcp: the load balancer needs its name alone",
        "throttle": "aws: API Gateway counts everybody's requests; Cloud Armor an address's",
    },
    "keys": {
        "project": GOOGLE_SCOPE,
        "project_number": AGENTS,
        "region": GOOGLE_PLACE,
        "services": "gcp: a service has an agent only once it is on; on AWS it is there",
    },
    "compaction": {
        "alarm_topic": "aws: alarms go to the platform's topic; on Google to channels",
        "architecture": "aws: the image says it on Google",
        "boundary": BOUNDARY,
        "channels": "gcp: alarms go to channels; on AWS to the platform's topic",
        "deletion_protection": "gcp: Lambda has none, and its functions hold nothing",
        "image": "gcp: Cloud Run takes an image",
        "key": "aws: a schedule has dead letters; Cloud Scheduler has none",
        "log_key": "aws: Cloud Logging's buckets are the project's",
        "log_retention_days": "aws: Cloud Logging's buckets are the project's",
        "network": "gcp: a Lambda function outside a VPC has no network to send through, and needs none",
        "package": "aws: Lambda takes a zip",
        "project": GOOGLE_SCOPE,
        "region": GOOGLE_PLACE,
        "reserved_concurrency": "aws: Cloud Run counts a service's instances; Lambda takes from the account's calls",
        "storage_key": "aws: a role must be let use the key; on Google the bucket's agent uses it",
    },
    "ledger": {
        "alarm_topic": "aws: alarms go to the platform's topic; on Google to channels",
        "architecture": "aws: the image says it on Google",
        "boundary": BOUNDARY,
        "channels": "gcp: alarms go to channels; on AWS to the platform's topic",
        "deletion_protection": "gcp: Lambda has none, and its functions hold nothing",
        "image": "gcp: Cloud Run takes an image",
        "key": "aws: a schedule has dead letters; Cloud Scheduler has none",
        "log_key": "aws: Cloud Logging's buckets are the project's",
        "log_retention_days": "aws: Cloud Logging's buckets are the project's",
        "network": "gcp: a Lambda function outside a VPC has no network to send through, and needs none",
        "package": "aws: Lambda takes a zip",
        "pool": "gcp: a pool lets the other cloud's role in; on AWS the role says itself whom it trusts",
        "project": GOOGLE_SCOPE,
        "region": GOOGLE_PLACE,
        "reserved_concurrency": "aws: Cloud Run counts a service's instances; Lambda takes from the account's calls",
    },
    "logs": {
        "deletion_protection": "aws: records are in a bucket; a bucket of logs on Google keeps what it has",
        "project": GOOGLE_SCOPE,
        "region": GOOGLE_PLACE,
    },
    "messaging": {
        "endpoints": "gcp: Pub/Sub pushes; on AWS the function reads its queue",
        "project": GOOGLE_SCOPE,
        "project_number": AGENTS,
        "region": GOOGLE_PLACE,
        "retention_days": "gcp: SQS keeps at most 14 days, and always does here",
    },
    "network": {
        "accelerated": "aws: Global Accelerator asks for an internet gateway; Google's balancer is outside the network",
        "allowed_egress": "gcp: firewalls name what may be reached; on AWS there is no way out, or NAT",
        "boundary": BOUNDARY,
        "flow_log_sampling": "gcp: a share is logged; on AWS all, or nothing",
        "flow_logs": "aws: logs have a group with a key and a retention",
        "interface_endpoints": "aws: one a service; Private Service Connect is one for all",
        "project": GOOGLE_SCOPE,
        "region": GOOGLE_PLACE,
    },
    "observability": {
        "api_id": "aws: latency is the gateway's metric; on Google the service's",
        "archive_log_group": "aws: a filter belongs to a group of logs; on Google to the project",
        "evaluation_periods": "aws: counted in periods of a minute; on Google in minutes",
        "project": GOOGLE_SCOPE,
        "project_number": AGENTS,
        "region": GOOGLE_PLACE,
        "replicated_bucket": "gcp: Storage Transfer's alarm; DataSync has its own in replication",
        "window_minutes": "gcp: counted in minutes; on AWS in periods of a minute",
    },
    "replication": {
        "alarm_topic": "aws: DataSync has its alarm here; Storage Transfer in observability",
        "boundary": BOUNDARY,
        "bucket": "gcp: a grant names the bucket",
        "bucket_arn": "aws: policies name a bucket by its ARN",
        "datasync": "aws: DataSync is on AWS; on Google it needs a key",
        "hmac_key": "gcp: DataSync is on AWS; on Google it needs a key",
        "interval_hours": "gcp: Storage Transfer is on Google; on AWS it needs a role",
        "key": "aws: who reads an encrypted bucket uses its key; Storage uses it for them",
        "log_key": "aws: DataSync logs to a group of its own",
        "log_retention_days": "aws: DataSync logs to a group of its own",
        "project": GOOGLE_SCOPE,
        "source_bucket": "gcp: Storage Transfer is on Google; on AWS it needs a role",
        "source_role": "gcp: Storage Transfer is on Google; on AWS it needs a role",
        "transfer_subject": "aws: whom the role trusts",
    },
    "state": {"project": GOOGLE_SCOPE, "region": GOOGLE_PLACE},
    "synthetics": {
        "alarm_topic": "aws: alarms go to the platform's topic; on Google to channels",
        "boundary": BOUNDARY,
        "domain": "gcp: an uptime check asks a host for paths; a canary an address",
        "emails": "gcp: alarms go to channels; on AWS to the platform's topic",
        "event": "aws: a canary is code of ours; an uptime check can't look whether an event arrived",
        "key": "aws: a canary keeps what it saw in a bucket; an uptime check keeps nothing",
        "package": "aws: a canary is code of ours; an uptime check is Google's",
        "paths": "gcp: an uptime check asks a host for paths; a canary an address",
        "project": GOOGLE_SCOPE,
        "role": "aws: a canary is code of ours; an uptime check is Google's",
        "runtime_version": "aws: a canary is code of ours; an uptime check is Google's",
        "url": "aws: a canary asks an address; an uptime check a host for paths",
    },
}

ONLY_OUTPUTS: dict[str, dict[str, str]] = {
    "archive": {"bucket_arn": "aws: policies name a bucket by its ARN; on Google grants name the bucket"},
    "certificate": {
        "certificate": "aws: a listener takes the certificate itself",
        "map": "gcp: a load balancer takes a map of certificates",
    },
    "compaction": {"dead_letters": "aws: a schedule has dead letters; Cloud Scheduler has none"},
    "function": {
        "arn": "aws: what a schedule calls; on Google it calls the url",
        "identity_unique_id": "gcp: AWS knows a service account by it; a role is known by its name",
        "invoke_arn": "aws: what API Gateway calls",
        "log_group": "aws: each function has a group of logs; on Google all have one bucket",
        "url": "gcp: what Pub/Sub and senders call",
    },
    "ingest": {
        "address": "gcp: the load balancer has an address; API Gateway has a name",
        "api_id": "aws: what the alarms know the API by",
    },
    "identity": {"pool": "gcp: grants name a role of AWS by the pool; on AWS roles trust accounts.google.com"},
    "ledger": {
        "dead_letters": "aws: a schedule has dead letters; Cloud Scheduler has none",
        "identity_unique_id": "gcp: AWS knows a service account by it; a role is known by its name",
    },
    "observability": {"channels": "gcp: alarms go to channels; on AWS to a topic"},
    "replication": {
        "hmac": "gcp: DataSync reads with a key",
        "role": "aws: Storage Transfer takes on a role",
        "subject_id": "gcp: whom the role on AWS trusts",
    },
    "synthetics": {
        "checks": "gcp: a check for each path",
        "name": "aws: one canary",
    },
    "state": {"lock_table": "aws: GCS locks by itself"},
    "messaging": {"push_identity": "gcp: who a push request is signed as"},
}

ONLY_STACK_VARIABLES = {
    "architecture": "aws: the image says it on Google",
    "image": "gcp: Cloud Run takes an image",
    "image_readers": "gcp: Cloud Run takes an image",
    "package_dir": "aws: Lambda takes zips",
}
ONLY_STACK_OUTPUTS = {
    "bootstrap": {
        "images": "gcp: Cloud Run takes an image",
        "provider": "gcp: a workflow names the provider; on AWS the role is enough",
    },
    "edge": {"addresses": "aws: the front needs the certificate, which is made here; on Google it is the platform's"},
    "foundation": {"boundary": "aws: roles have a permissions boundary; on Google there is none"},
    "platform": {
        "addresses": "gcp: the load balancer has an address; API Gateway has a name, and its front is in the edge",
        "alarms": "gcp: AWS follows",
        "hmac": "gcp: what AWS DataSync reads Cloud Storage with",
        "service_account_ids": "gcp: the AWS stack can't derive them",
        "tables": "gcp: AWS follows",
    },
}


def _pairs(terraform: Path) -> list[tuple[str, Path, Path]]:
    aws, gcp = ({p.name for p in (terraform / "modules" / cloud).iterdir()} for cloud in ("aws", "gcp"))
    return [
        (name, terraform / "modules" / "aws" / name, terraform / "modules" / "gcp" / name) for name in sorted(aws & gcp)
    ]


def test_both_clouds_have_the_same_modules(terraform: Path) -> None:
    """A module on one cloud only has its reason in ONLY_MODULES."""
    aws, gcp = ({p.name for p in (terraform / "modules" / cloud).iterdir()} for cloud in ("aws", "gcp"))
    assert aws ^ gcp == set(ONLY_MODULES)


def test_modules_take_the_same_variables(terraform: Path, reader: ModuleType) -> None:
    """What only one cloud's module takes is listed with its reason, and nothing is listed that is not so."""
    for name, aws, gcp in _pairs(terraform):
        different = set(reader.named(aws, "variable")) ^ set(reader.named(gcp, "variable"))
        assert different == set(ONLY_VARIABLES.get(name, {})), name


def test_modules_put_out_the_same(terraform: Path, reader: ModuleType) -> None:
    """What only one cloud's module puts out is listed with its reason, and nothing is listed that is not so."""
    for name, aws, gcp in _pairs(terraform):
        different = set(reader.named(aws, "output")) ^ set(reader.named(gcp, "output"))
        assert different == set(ONLY_OUTPUTS.get(name, {})), name


def test_shared_variables_have_one_type(terraform: Path, reader: ModuleType) -> None:
    """A scalar or collection that both take is the same; objects may differ in what one cloud alone has."""
    for name, aws, gcp in _pairs(terraform):
        left, right = reader.named(aws, "variable"), reader.named(gcp, "variable")
        for variable in sorted(set(left) & set(right)):
            types = [reader.text(side[variable]["type"]) for side in (left, right)]
            if not all("object(" in declared for declared in types):
                assert types[0] == types[1], f"{name}.{variable}"


def test_stacks_take_the_same_variables(stacks: list[Path], reader: ModuleType) -> None:
    """One environment file serves all stacks without a warning: each declares all of it, in the same words."""
    assert {path.parent.name for path in stacks} >= {"platform"}
    own = {name for path in stacks for name in reader.named(path, "variable")} - set(
        reader.named(stacks[0], "variable")
    )
    assert own | set(ONLY_STACK_VARIABLES) == set(ONLY_STACK_VARIABLES)
    assert len({(path / "variables.tf").read_text() for path in stacks}) == 1


def test_stacks_put_out_the_same(stacks: list[Path], reader: ModuleType) -> None:
    """The stacks' outputs are contracts: the laptop, the bench and the docs read them by one name on both clouds."""
    layers = [path.parent for path in stacks]
    for layer in {layer for layer in layers if layers.count(layer) == 2}:
        aws, gcp = (set(reader.named(layer / cloud, "output")) for cloud in ("aws", "gcp"))
        assert aws ^ gcp == set(ONLY_STACK_OUTPUTS.get(layer.name, {})), layer.name


def test_profiles_have_the_same_names(terraform: Path, reader: ModuleType) -> None:
    """Every cost profile exists on both clouds, each sets the same figures there, and the flags are the same."""
    paths = [terraform / "modules" / cloud / "profile" for cloud in ("aws", "gcp")]
    assert len({str(reader.locals_of(path)["features"]) for path in paths}) == 1
    for path in paths:
        profiles = {
            reader.text(name): {key for key, _ in reader._flatten(figures)}
            for name, figures in reader.locals_of(path)["profiles"].items()
            if not name.startswith("__")
        }
        assert set(profiles) == {"balanced", "minimal", "resilient"}
        assert len({frozenset(keys) for keys in profiles.values()}) == 1, path


def test_alarms_wait_equally_long_on_both_clouds(terraform: Path) -> None:
    """AWS counts periods of a minute, Google minutes: in each profile as many."""
    waits = []
    for cloud, name in (("aws", "evaluation_periods"), ("gcp", "window_minutes")):
        text = (terraform / "modules" / cloud / "profile" / "main.tf").read_text("utf-8")
        waits.append(re.findall(rf"alarms\s*=\s*{{[^}}]*\b{name} = (\d+) }}", text))
    assert waits[0] == waits[1] == ["3", "2", "1"]
    assert re.search(r"period +=\s60\n", (terraform / "modules/aws/observability/main.tf").read_text("utf-8"))
