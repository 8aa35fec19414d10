"""What a fault is on the real clouds: the commands that break it and those that heal it.

AWS Fault Injection Service and the two command lines do it. Names are those that Terraform gives. What a cloud offers
no way to break is said so rather than imitated.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isthmus.core.errors import ConfigurationError
from isthmus.gamedays import faults, hands
from isthmus.gamedays.faults import Fault
from isthmus.local.dns.authority import PROVIDERS
from isthmus.local.links import AWS_BROKER, AWS_BUCKET, AWS_FRONT

FIS_MINUTES = 30
"""After so long AWS ends the experiment by itself, whatever becomes of the one who began it."""


@dataclass(frozen=True)
class Place:
    """An environment, as its variables have it.

    Attributes:
        environment: Its name.
        prefix: What every name begins with.
        region: On AWS.
        project: On Google.
        location: The region on Google.
    """

    environment: str
    prefix: str
    region: str
    project: str
    location: str

    @classmethod
    def of(cls, root: Path, environment: str) -> Place:
        """Reads an environment's variables.

        Raises:
            ConfigurationError: There is no such environment, or a value is missing.
        """
        folder = root / "terraform" / "environments"
        path = folder / f"{environment}.tfvars"
        if not path.is_file():
            known = ", ".join(sorted(one.stem for one in folder.glob("*.tfvars")))
            raise ConfigurationError(f"there is no environment “{environment}”", fix=f"use one of: {known}")
        text = path.read_text("utf-8")
        regions = re.findall(r'^\s*region\s*=\s*"([^"]+)"', text, re.MULTILINE)
        values = [_value(text, name, path) for name in ("prefix", "project")]
        if len(regions) != 2:
            raise ConfigurationError(f"there are {len(regions)} regions, not one a cloud", where=str(path))
        return cls(environment, values[0], regions[0], values[1], regions[1])


@dataclass(frozen=True)
class There:
    """A fault on the real clouds.

    Attributes:
        begin: Shell commands that break it.
        end: Shell commands that heal it; they may be run whether or not it was broken.
        note: What else there is to know.
    """

    begin: tuple[str, ...] = ()
    end: tuple[str, ...] = ()
    note: str = ""


def on_real_clouds(fault: Fault, place: Place, number: int) -> There:
    """What a fault is there; `number` keeps the shell's variables of several apart."""
    return _KINDS[type(fault)](fault, place, number)


def _outage(fault: Any, place: Place, number: int) -> There:
    if fault.cloud == "aws":
        action = {"contentTypeHeader": "application/json", "preventExecution": "true", "statusCode": "503"}
        return _fis(place, number, "aws:lambda:invocation-http-integration-response", action, ("ingest",))
    service = f"{place.prefix}-ingest --project={place.project} --region={place.location}"
    kept = f"INGRESS_{number}"
    was = (
        f"gcloud run services describe {service} --format='value(metadata.annotations[\"run.googleapis.com/ingress\"])'"
    )
    return There(
        (f"{kept}=$({was})", f"gcloud run services update {service} --ingress=internal"),
        (f'[ -z "${{{kept}:-}}" ] || gcloud run services update {service} --ingress="${kept}"',),
        "Requests from outside get 404 from Google's front end; a load balancer in front answers 5xx.",
    )


def _link(fault: Any, place: Place, number: int) -> There:
    how = fault.on_link
    roles = {AWS_FRONT: ("ingest",), AWS_BROKER: ("ingest",), AWS_BUCKET: ("archive",)}.get(fault.link)
    if roles is None:
        return There(note=f"Nothing breaks {fault.link} there: Google has no fault injection for its services.")
    if how.kind == "delay":
        action = {"startupDelayMilliseconds": str(round((how.value or 0) * 1000))}
        return _fis(place, number, "aws:lambda:invocation-add-delay", action, roles)
    percent = round((how.value or 1) * 100) if how.kind == "fail" else 100
    return _fis(place, number, "aws:lambda:invocation-error", {"preventExecution": "true"}, roles, percent)


def _partition(fault: Any, place: Place, number: int) -> There:
    stopped = [_pause(faults.Pause(cloud, "bridge"), place, number * 10 + n) for n, cloud in enumerate(("aws", "gcp"))]
    return There(
        tuple(line for one in stopped for line in one.begin),
        tuple(line for one in stopped for line in one.end),
        "Both bridges stop; an ingest whose own broker is out still reaches the other cloud's.",
    )


def _freeze(fault: Any, place: Place, number: int) -> There:
    return There(note=f"Nobody can freeze {fault.cloud} from outside; its outage is the nearest.")


def _pause(fault: Any, place: Place, number: int) -> There:
    name = f"{place.prefix}-{fault.consumer}"
    if fault.cloud == "aws":
        find = f"aws lambda list-event-source-mappings --function-name {name} --region {place.region}"
        each = (
            f"for id in $({find} --query 'EventSourceMappings[].UUID' --output text); do "
            f'aws lambda update-event-source-mapping --uuid "$id" --region {place.region} --%s; done'
        )
        return There((each % "no-enabled",), (each % "enabled",))
    subscription = f"{name} --project={place.project}"
    was = f"gcloud pubsub subscriptions describe {subscription} --format='value(pushConfig.%s)'"
    kept = {
        f"ENDPOINT_{number}": "pushEndpoint",
        f"ACCOUNT_{number}": "oidcToken.serviceAccountEmail",
        f"AUDIENCE_{number}": "oidcToken.audience",
    }
    endpoint, account, audience = kept
    back = (
        f'[ -z "${{{endpoint}:-}}" ] || gcloud pubsub subscriptions modify-push-config {subscription} '
        f'--push-endpoint="${endpoint}" --push-auth-service-account="${account}" '
        f'--push-auth-token-audience="${audience}"'
    )
    begin = [f"{variable}=$({was % field})" for variable, field in kept.items()]
    begin.append(f"gcloud pubsub subscriptions modify-push-config {subscription} --push-endpoint=")
    return There(tuple(begin), (back,))


def _poison(fault: Any, place: Place, number: int) -> There:
    repeat = f"for n in $(seq {fault.count}); do %s; done"
    if fault.cloud == "gcp":
        attributes = f"frame=poison-$n,type=com.example.poison,origin={fault.cloud},count=1,encoding=gzip,v=1"
        publish = (
            f"gcloud pubsub topics publish {place.prefix}-events --project={place.project} "
            f'--message="not a frame" --attribute="{attributes}"'
        )
    else:
        attributes = json.dumps({"origin": {"DataType": "String", "StringValue": "aws"}})
        publish = (
            f"aws sns publish --region {place.region} --message 'not a frame' --message-attributes '{attributes}' "
            f'--topic-arn "arn:aws:sns:{place.region}:$(aws sts get-caller-identity --query Account --output text)'
            f':{place.prefix}-events"'
        )
    return There((repeat % publish,), (), "Look at the dead letters afterwards, and discard them by the runbook.")


def _credentials(fault: Any, place: Place, number: int) -> There:
    role = f"--role-name {place.prefix}-{fault.role} --policy-name {hands.DENIAL}"
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})
    return There(
        (f"aws iam put-role-policy {role} --policy-document '{document}'",),
        (f"aws iam delete-role-policy {role}",),
        "IAM takes seconds to tell all regions.",
    )


def _skew(fault: Any, place: Place, number: int) -> There:
    return There(note=f"Start a producer with its clock off by {fault.seconds:+g} s, for example with faketime.")


def _key(fault: Any, place: Place, number: int) -> There:
    where = f"--location={place.location} --keyring={place.prefix}-{place.location} --project={place.project}"
    key = f"KEY_VERSION_{number}"
    find = f"gcloud kms keys describe {fault.key} {where} --format='value(primary.name.basename())'"
    change = f'gcloud kms keys versions %s "${key}" --key={fault.key} {where}'
    return There(
        (f"{key}=$({find})", change % "disable"),
        (f'[ -z "${{{key}:-}}" ] || {change % "enable"}',),
        "A disabled key may go on working for up to three hours (Cloud KMS documentation, 2026-11).",
    )


def _fis(
    place: Place, number: int, action: str, parameters: Mapping[str, str], roles: tuple[str, ...], percent: int = 100
) -> There:
    """An experiment of AWS FIS on functions."""
    template, experiment = f"TEMPLATE_{number}", f"EXPERIMENT_{number}"
    body = json.dumps(_template(place, action, {**parameters, "invocationPercentage": str(percent)}, roles))
    fis = f"aws fis %s --region {place.region}"
    create = f"{fis % 'create-experiment-template'} --query experimentTemplate.id --output text"
    return There(
        (
            ': "${FIS_ROLE_ARN:?name the role that AWS FIS takes}"',
            "ACCOUNT=$(aws sts get-caller-identity --query Account --output text)",
            # The shell fills in the account and the role.
            f'{template}=$({create} --cli-input-json "$(cat <<JSON\n{body}\nJSON\n)")',
            f'{experiment}=$({fis % "start-experiment"} --experiment-template-id "${template}" '
            "--query experiment.id --output text)",
        ),
        (
            f'[ -z "${{{experiment}:-}}" ] || {fis % "stop-experiment"} --id "${experiment}"',
            f'[ -z "${{{template}:-}}" ] || {fis % "delete-experiment-template"} --id "${template}"',
        ),
        "The functions need the layer of AWS FIS and AWS_FIS_CONFIGURATION_LOCATION.",
    )


def _template(place: Place, action: str, parameters: Mapping[str, str], roles: tuple[str, ...]) -> dict[str, Any]:
    arns = [f"arn:aws:lambda:{place.region}:$ACCOUNT:function:{place.prefix}-{role}" for role in roles]
    return {
        "description": f"Isthmus game day on {place.prefix}",
        "roleArn": "$FIS_ROLE_ARN",
        "stopConditions": [{"source": "none"}],
        "targets": {"functions": {"resourceType": "aws:lambda:function", "resourceArns": arns, "selectionMode": "ALL"}},
        "actions": {
            "break": {
                "actionId": action,
                "parameters": {"duration": f"PT{FIS_MINUTES}M", **parameters},
                "targets": {"Functions": "functions"},
            }
        },
    }


def _dns(fault: Any, place: Place, number: int) -> There:
    return There(
        note=f"Nobody can silence {PROVIDERS[fault.provider]}. Take its name servers out of the delegation at the "
        "registrar, or have a resolver of your own refuse them."
    )


_KINDS: Mapping[type[Fault], Callable[[Any, Place, int], There]] = {
    faults.Outage: _outage,
    faults.BadLink: _link,
    faults.Partition: _partition,
    faults.Freeze: _freeze,
    faults.Pause: _pause,
    faults.Poison: _poison,
    faults.ExpiredCredentials: _credentials,
    faults.Skew: _skew,
    faults.DisabledKey: _key,
    faults.DnsOutage: _dns,
}


def _value(text: str, name: str, path: Path) -> str:
    match = re.search(rf'^\s*{name}\s*=\s*"([^"]+)"', text, re.MULTILINE)
    if match is None:
        raise ConfigurationError(f"{name} is not set", where=str(path))
    return match[1]
