"""What a game day changes inside the local clouds, by the same calls that it would make on the real ones."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import httpx
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from isthmus.adapters.aws.session import as_if_tls
from isthmus.core.errors import Unavailable
from isthmus.gamedays.site import Site
from isthmus.local.dlq.operations import DeadLetters, queues

DENIAL = "AWSRevokeOlderSessions"
"""The name of the policy that the console's “revoke active sessions” attaches (IAM User Guide, 2026-11)."""

_DENY_ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
_POISON = "poison-"
_SECONDS = 5.0
_DEATH_SECONDS = 15.0
"""How long poisoned messages may take to become dead letters before those that are there are discarded."""


def enable_mapping(site: Site, consumer: str, enabled: bool) -> None:
    """Lets a Lambda function take from its queue, or not."""
    with _answering("Lambda"):
        client = _aws(site, "lambda")
        name = site.endpoints.outputs["aws"]["functions"][consumer]
        for mapping in client.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]:
            client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=enabled)


def push_config(site: Site, consumer: str) -> dict[str, Any]:
    """Where a subscription pushes to, as Pub/Sub's REST has it."""
    found: dict[str, Any] = _google(site, "GET", site.endpoints.outputs["gcp"]["queues"][consumer])
    return dict(found.get("pushConfig") or {})


def set_push_config(site: Site, consumer: str, config: Mapping[str, Any]) -> None:
    """Makes a subscription push to where `config` says; nowhere when it is empty."""
    path = site.endpoints.outputs["gcp"]["queues"][consumer]
    _google(site, "POST", f"{path}:modifyPushConfig", {"pushConfig": dict(config)})


def deny_all(site: Site, role: str) -> None:
    """Denies a function's role on AWS everything."""
    with _answering("IAM"):
        _aws(site, "iam").put_role_policy(
            RoleName=_role(site, role), PolicyName=DENIAL, PolicyDocument=json.dumps(_DENY_ALL)
        )


def allow_again(site: Site, role: str) -> None:
    """Takes that back; fine when it isn't so."""
    with _answering("IAM"):
        client = _aws(site, "iam")
        with contextlib.suppress(client.exceptions.NoSuchEntityException):
            client.delete_role_policy(RoleName=_role(site, role), PolicyName=DENIAL)


def set_key_state(site: Site, domain: str, state: str) -> None:
    """Enables or disables the primary version of a key on Google."""
    key = site.endpoints.outputs["gcp"]["keys"][domain]
    version = _google(site, "GET", key)["primary"]["name"]
    _google(site, "PATCH", f"{version}?updateMask=state", {"state": state})


def publish_poison(site: Site, cloud: str, count: int, label: str) -> None:
    """Publishes messages with the attributes of a frame, of the cloud's own, and a body that is none."""
    names = [f"{_POISON}{label}-{number}" for number in range(count)]
    sent = [_attributes(name, cloud) for name in names]
    topic = site.endpoints.outputs[cloud]["topic"]
    if cloud == "gcp":
        messages = [{"data": "bm90IGEgZnJhbWU=", "attributes": attributes} for attributes in sent]
        _google(site, "POST", f"{topic}:publish", {"messages": messages})
        return
    with _answering("SNS"):
        client = _aws(site, "sns")
        for attributes in sent:
            typed = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
            client.publish(TopicArn=topic, Message="not a frame", MessageAttributes=typed)


def discard_poison(site: Site, cloud: str, count: int, label: str) -> None:
    """Waits until the messages of a label are dead letters of each consumer, for a while, and discards them."""
    letters = queues(site.endpoints, cloud)
    with ThreadPoolExecutor(len(letters)) as pool:
        for done in [pool.submit(_discard, queue, f"{_POISON}{label}-", count) for queue in letters]:
            done.result()


def depths(site: Site) -> dict[str, int]:
    """Messages that are not done, by "cloud/consumer", the dead-letter queues too ("aws/archive-dlq").

    Raises:
        Unavailable: A cloud doesn't say.
    """
    found: dict[str, int] = {}
    outputs = site.endpoints.outputs
    counts = _google(site, "GET", "_isthmus/queues", version="")
    for consumer in outputs["gcp"]["queues"]:
        for name, path in ((consumer, "queues"), (f"{consumer}-dlq", "dead_letters")):
            subscription = str(outputs["gcp"][path][consumer]).rpartition("/")[2]
            found[f"gcp/{name}"] = counts.get(subscription, {}).get("messages", 0)
    with _answering("SQS"):
        client = _aws(site, "sqs")
        for consumer in outputs["aws"]["queues"]:
            found[f"aws/{consumer}"] = _depth(site, client, outputs["aws"]["queues"][consumer])
            found[f"aws/{consumer}-dlq"] = _depth(site, client, outputs["aws"]["dead_letters"][consumer])
    return found


def _depth(site: Site, client: Any, url: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    here = f"{site.endpoints.aws}/{'/'.join(url.rstrip('/').split('/')[-2:])}"
    found = client.get_queue_attributes(QueueUrl=here, AttributeNames=names)["Attributes"]
    return sum(int(found.get(name, 0)) for name in names)


def _attributes(name: str, cloud: str) -> dict[str, str]:
    return {"frame": name, "type": "com.example.poison", "origin": cloud, "count": "1", "encoding": "gzip", "v": "1"}


def _discard(queue: DeadLetters, prefix: str, left: int) -> None:
    """Discards so many letters of a prefix as they come, for a while; the others stay."""
    deadline, others = time.monotonic() + _DEATH_SECONDS, []
    while left > 0 and time.monotonic() < deadline:
        for letter in queue.take():
            if not letter.frame.startswith(prefix):
                others.append(letter)
                continue
            queue.delete(letter)
            left -= 1
            if left == 0:
                break
    for letter in others:
        queue.release(letter)


def _role(site: Site, role: str) -> str:
    return str(site.endpoints.outputs["aws"]["identities"][role]).rpartition("/")[2]


def _aws(site: Site, service: str) -> Any:
    options: dict[str, Any] = dict(site.endpoints.aws_client_options())
    config = Config(connect_timeout=1, read_timeout=_SECONDS, retries={"total_max_attempts": 2}, proxies={})
    return as_if_tls(boto3.client(service, config=config, **options))


def _google(site: Site, method: str, path: str, body: Any = None, version: str = "v1/") -> Any:
    url = f"{site.endpoints.gcp_http}/{version}{path}"
    try:
        answer = httpx.request(method, url, json=body, timeout=_SECONDS, trust_env=False)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise Unavailable(f"Google did not do it: {error}", where=url, fix="see `isthmus status`") from error
    return answer.json()


@contextlib.contextmanager
def _answering(service: str) -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise Unavailable(f"{service} did not do it: {error}", where="aws", fix="see `isthmus status`") from error
