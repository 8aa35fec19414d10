"""Topics, subscriptions, and who may use them."""

from __future__ import annotations

from typing import Any

from isthmus.rehearsal.realize.base import Context, Realizer, State
from isthmus.rehearsal.realize.google.resource import Bindings, Edit, GoogleResource, Member, edit_grpc_policy, seconds
from isthmus.rehearsal.realize.resource import Found
from isthmus.rehearsal.realize.states import block, is_set, text

_UPDATABLE = (
    "push_config",
    "ack_deadline_seconds",
    "message_retention_duration",
    "labels",
    "expiration_policy",
    "dead_letter_policy",
    "retry_policy",
)


class Topic(GoogleResource):
    """google_pubsub_topic."""

    label = "Topic"
    named_by = "name"

    def make(self, planned: State, ctx: Context) -> Found:
        """CreateTopic."""
        ctx.publisher().create_topic(request=self._topic(planned, ctx))
        return {"id": self._name(planned, ctx)}

    def find(self, state: State, ctx: Context) -> Found | None:
        """GetTopic."""
        topic = ctx.publisher().get_topic(topic=self._name(state, ctx))
        return {
            "id": topic.name,
            "kms_key_name": topic.kms_key_name,
            "effective_labels": dict(topic.labels),
            "name": topic.name.rpartition("/")[2],
            "project": topic.name.split("/")[1],
        }

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """UpdateTopic for what can be changed in place."""
        wanted = self._topic({**prior, **planned}, ctx)
        paths = ["labels", "message_storage_policy", "kms_key_name", "message_retention_duration"]
        ctx.publisher().update_topic(request={"topic": wanted, "update_mask": {"paths": paths}})

    def remove(self, state: State, ctx: Context) -> None:
        """DeleteTopic."""
        ctx.publisher().delete_topic(topic=self._name(state, ctx))

    def _name(self, values: State, ctx: Context) -> str:
        return f"projects/{self.project(values, ctx)}/topics/{values['name']}"

    def _topic(self, values: State, ctx: Context) -> dict[str, Any]:
        topic: dict[str, Any] = {"name": self._name(values, ctx), "kms_key_name": text(values, "kms_key_name")}
        topic["labels"] = _labels(values)
        if storage := block(values, "message_storage_policy"):
            topic["message_storage_policy"] = {"allowed_persistence_regions": storage["allowed_persistence_regions"]}
        if is_set(values, "message_retention_duration"):
            topic["message_retention_duration"] = _duration(values["message_retention_duration"])
        return topic


class Subscription(GoogleResource):
    """google_pubsub_subscription."""

    label = "Subscription"
    named_by = "name"

    def make(self, planned: State, ctx: Context) -> Found:
        """CreateSubscription."""
        ctx.subscriber().create_subscription(request=self._subscription(planned, ctx))
        return {"id": self._name(planned, ctx)}

    def find(self, state: State, ctx: Context) -> Found | None:
        """GetSubscription."""
        found = ctx.subscriber().get_subscription(subscription=self._name(state, ctx))
        return {
            "ack_deadline_seconds": found.ack_deadline_seconds,
            "effective_labels": dict(found.labels),
            "expiration_policy": [{"ttl": seconds(found.expiration_policy.ttl) if found.expiration_policy.ttl else ""}],
            "filter": found.filter,
            "id": found.name,
            "message_retention_duration": seconds(found.message_retention_duration),
            "name": found.name.rpartition("/")[2],
            "project": found.name.split("/")[1],
            "topic": found.topic,
            **_push_found(found),
            **_policies_found(found),
        }

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """UpdateSubscription for what can be changed in place."""
        wanted = self._subscription({**prior, **planned}, ctx)
        request = {"subscription": wanted, "update_mask": {"paths": list(_UPDATABLE)}}
        ctx.subscriber().update_subscription(request=request)

    def remove(self, state: State, ctx: Context) -> None:
        """DeleteSubscription."""
        ctx.subscriber().delete_subscription(subscription=self._name(state, ctx))

    def _name(self, values: State, ctx: Context) -> str:
        return f"projects/{self.project(values, ctx)}/subscriptions/{values['name']}"

    def _subscription(self, values: State, ctx: Context) -> dict[str, Any]:
        wanted: dict[str, Any] = {
            "name": self._name(values, ctx),
            "topic": _topic_name(values["topic"], self.project(values, ctx)),
            "filter": text(values, "filter"),
            "ack_deadline_seconds": int(values.get("ack_deadline_seconds") or 0)
            if is_set(values, "ack_deadline_seconds")
            else 0,
            "enable_message_ordering": bool(values.get("enable_message_ordering")),
            "retain_acked_messages": bool(values.get("retain_acked_messages")),
            "labels": _labels(values),
        }
        if is_set(values, "message_retention_duration"):
            wanted["message_retention_duration"] = _duration(values["message_retention_duration"])
        if values.get("expiration_policy"):
            ttl = block(values, "expiration_policy").get("ttl")
            wanted["expiration_policy"] = {"ttl": _duration(ttl)} if ttl else {}
        if retry := block(values, "retry_policy"):
            wanted["retry_policy"] = {name: _duration(value) for name, value in retry.items()}
        if dead := block(values, "dead_letter_policy"):
            dead["max_delivery_attempts"] = int(dead.get("max_delivery_attempts") or 5)
            wanted["dead_letter_policy"] = dead
        if push := block(values, "push_config"):
            wanted["push_config"] = _push_wanted(push)
        return wanted


def _push_wanted(push: dict[str, Any]) -> dict[str, Any]:
    wanted: dict[str, Any] = {"push_endpoint": push["push_endpoint"], "attributes": push.get("attributes") or {}}
    if token := block(push, "oidc_token"):
        wanted["oidc_token"] = token
    if push.get("no_wrapper"):
        wanted["no_wrapper"] = block(push, "no_wrapper")
    return wanted


def _push_found(found: Any) -> Found:
    if not found.push_config.push_endpoint:
        return {"push_config": []}
    token = found.push_config.oidc_token
    tokens = [{"audience": token.audience, "service_account_email": token.service_account_email}]
    push = {"push_endpoint": found.push_config.push_endpoint, "attributes": dict(found.push_config.attributes)}
    return {"push_config": [push | {"oidc_token": tokens if token.service_account_email else []}]}


def _policies_found(found: Any) -> Found:
    policies: dict[str, Any] = {}
    if found.dead_letter_policy.dead_letter_topic:
        policy = found.dead_letter_policy
        dead = {"dead_letter_topic": policy.dead_letter_topic, "max_delivery_attempts": policy.max_delivery_attempts}
        policies["dead_letter_policy"] = [dead]
    if "retry_policy" in found:
        policy = found.retry_policy
        retry = {"minimum_backoff": seconds(policy.minimum_backoff), "maximum_backoff": seconds(policy.maximum_backoff)}
        policies["retry_policy"] = [retry]
    return policies


def _topic_name(topic: str, project: str) -> str:
    return topic if "/" in topic else f"projects/{project}/topics/{topic}"


def _labels(values: State) -> dict[str, str]:
    labels = values.get("effective_labels")
    return dict(labels) if isinstance(labels, dict) else {}


def _duration(text_: str) -> dict[str, int]:
    whole, _, part = text_.removesuffix("s").partition(".")
    return {"seconds": int(whole), "nanos": int(part.ljust(9, "0")[:9]) if part else 0}


def _edit_topic(state: State, ctx: Context, edit: Edit) -> Bindings:
    # The local IAM keeps policies by name only; whether there is such a topic, the topics say.
    topic = ctx.publisher().get_topic(topic=_topic_resource(state, ctx)).name
    return edit_grpc_policy(ctx.publisher(), topic, edit)


def _edit_subscription(state: State, ctx: Context, edit: Edit) -> Bindings:
    subscription = ctx.subscriber().get_subscription(subscription=_subscription_resource(state, ctx)).name
    return edit_grpc_policy(ctx.subscriber(), subscription, edit)


def _topic_resource(state: State, ctx: Context) -> str:
    return _topic_name(state["topic"], text(state, "project") or ctx.project)


def _subscription_resource(state: State, ctx: Context) -> str:
    name = state["subscription"]
    return name if "/" in name else f"projects/{text(state, 'project') or ctx.project}/subscriptions/{name}"


REALIZERS: dict[str, Realizer] = {
    "google_pubsub_topic": Topic(),
    "google_pubsub_subscription": Subscription(),
    "google_pubsub_topic_iam_member": Member("topic IAM member", _edit_topic, _topic_resource),
    "google_pubsub_subscription_iam_member": Member(
        "subscription IAM member", _edit_subscription, _subscription_resource
    ),
}
