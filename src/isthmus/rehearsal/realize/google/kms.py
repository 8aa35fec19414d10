"""Key rings, keys, and who may use them."""

from __future__ import annotations

import re
from typing import Any

from google.api_core.exceptions import AlreadyExists

from isthmus.rehearsal.realize.base import Context, Realizer, State
from isthmus.rehearsal.realize.google.resource import Bindings, Edit, GoogleResource, Member, edit_grpc_policy, seconds
from isthmus.rehearsal.realize.resource import Found
from isthmus.rehearsal.realize.states import block, is_set, text


class KeyRing(GoogleResource):
    """google_kms_key_ring."""

    label = "KeyRing"
    named_by = "name"

    def make(self, planned: State, ctx: Context) -> Found:
        """CreateKeyRing."""
        parent, _, name = self._name(planned, ctx).rpartition("/keyRings/")
        ctx.kms().create_key_ring(request={"parent": parent, "key_ring_id": name, "key_ring": {}})
        return {"id": self._name(planned, ctx)}

    def find(self, state: State, ctx: Context) -> Found | None:
        """GetKeyRing."""
        name = ctx.kms().get_key_ring(name=self._name(state, ctx)).name
        parts = name.split("/")
        return {"id": name, "name": parts[5], "location": parts[3], "project": parts[1]}

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """Nothing of a key ring can be changed."""

    def remove(self, state: State, ctx: Context) -> None:
        """A key ring can't be deleted; the provider only forgets it, and adopts it when it is made again."""

    def _name(self, values: State, ctx: Context) -> str:
        return f"projects/{self.project(values, ctx)}/locations/{values['location']}/keyRings/{values['name']}"


class CryptoKey(GoogleResource):
    """google_kms_crypto_key."""

    label = "CryptoKey"
    named_by = "name"

    def make(self, planned: State, ctx: Context) -> Found:
        """CreateCryptoKey; a key whose versions a destroy has ended gets a new one, as its name is never free again.

        The real Cloud KMS answers with a conflict there, and wants an import and a new version by hand.
        """
        client, name = ctx.kms(), _key_name(planned)
        request = {"parent": planned["key_ring"], "crypto_key_id": planned["name"], "crypto_key": _key(planned)}
        try:
            client.create_crypto_key(request=request)
        except AlreadyExists:
            if self.find(planned, ctx) is not None:
                raise
            version = client.create_crypto_key_version(request={"parent": name, "crypto_key_version": {}}).name
            number = version.rpartition("/")[2]
            client.update_crypto_key_primary_version(request={"name": name, "crypto_key_version_id": number})
            self.change(planned, planned, ctx)
        return {"id": name}

    def find(self, state: State, ctx: Context) -> Found | None:
        """GetCryptoKey; one whose versions are all being destroyed is gone."""
        key = ctx.kms().get_crypto_key(name=_key_name(state))
        if key.primary.state.name not in ("ENABLED", "DISABLED"):
            return None
        primary = {"name": key.primary.name, "state": key.primary.state.name}
        return {
            "destroy_scheduled_duration": seconds(key.destroy_scheduled_duration),
            "effective_labels": dict(key.labels),
            "id": key.name,
            "key_ring": key.name.rpartition("/cryptoKeys/")[0],
            "name": key.name.rpartition("/")[2],
            "primary": [primary],
            "purpose": key.purpose.name,
            "rotation_period": seconds(key.rotation_period) if key.rotation_period else "",
        }

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """UpdateCryptoKey."""
        key = {"name": _key_name(prior), **_key({**prior, **planned})}
        paths = ["labels", "rotation_period", "next_rotation_time", "version_template"]
        ctx.kms().update_crypto_key(request={"crypto_key": key, "update_mask": {"paths": paths}})

    def remove(self, state: State, ctx: Context) -> None:
        """A key can't be deleted: its versions are destroyed, and rotation ends."""
        client, name = ctx.kms(), _key_name(state)
        for version in client.list_crypto_key_versions(request={"parent": name}):
            if version.state.name in ("ENABLED", "DISABLED"):
                client.destroy_crypto_key_version(name=version.name)
        client.update_crypto_key(
            request={"crypto_key": {"name": name}, "update_mask": {"paths": ["rotation_period", "next_rotation_time"]}}
        )


def _key_name(values: State) -> str:
    return f"{values['key_ring']}/cryptoKeys/{values['name']}"


def _key(values: State) -> dict[str, Any]:
    key: dict[str, Any] = {"purpose": text(values, "purpose") or "ENCRYPT_DECRYPT"}
    labels = values.get("effective_labels")
    key["labels"] = labels if isinstance(labels, dict) else {}
    for name in ("rotation_period", "destroy_scheduled_duration"):
        if is_set(values, name):
            key[name] = {"seconds": int(re.sub(r"\D.*", "", values[name]))}
    if template := block(values, "version_template"):
        key["version_template"] = template
    return key


def _edit(state: State, ctx: Context, edit: Edit) -> Bindings:
    return edit_grpc_policy(ctx.kms(), state["crypto_key_id"], edit)


REALIZERS: dict[str, Realizer] = {
    "google_kms_key_ring": KeyRing(),
    "google_kms_crypto_key": CryptoKey(),
    "google_kms_crypto_key_iam_member": Member("key IAM member", _edit, lambda s, _: str(s["crypto_key_id"])),
}
