"""Roles, their inline policies, managed policies and attachments."""

from __future__ import annotations

import json
from typing import Any

from isthmus.rehearsal.realize.aws.resource import AwsResource, change_tags, pairs, tags_of, unpaired, whole
from isthmus.rehearsal.realize.base import Context, State
from isthmus.rehearsal.realize.resource import Found
from isthmus.rehearsal.realize.states import blocks, changed, is_set, own_name, text

_ROLE_ARGUMENTS = {
    "assume_role_policy": "AssumeRolePolicyDocument",
    "description": "Description",
    "path": "Path",
    "permissions_boundary": "PermissionsBoundary",
}
_MOST_VERSIONS = 5
"""Versions that a managed policy may have (IAM quota, 2026-11)."""


class _Iam(AwsResource):
    service = "iam"

    def client(self, values: Any, ctx: Context) -> Any:
        """IAM has no regions."""
        return ctx.aws("iam")


class Role(_Iam):
    """aws_iam_role."""

    label = "IAM Role"
    named_by = "name"

    def make(self, planned: State, ctx: Context) -> Found:
        """With its deprecated inline blocks, where it has any."""
        client, name = self.client(planned, ctx), own_name(planned)
        arguments = {theirs: planned[ours] for ours, theirs in _ROLE_ARGUMENTS.items() if is_set(planned, ours)}
        seconds = whole(planned.get("max_session_duration") or 3600)
        client.create_role(RoleName=name, MaxSessionDuration=seconds, Tags=pairs(tags_of(planned)), **arguments)
        self._put_inside(client, name, {}, planned)
        return {"id": name}

    def find(self, state: State, ctx: Context) -> Found | None:
        """What is attached to it is read only where the role itself lists it: else it belongs to other resources."""
        client, name = self.client(state, ctx), text(state, "id") or text(state, "name")
        role = client.get_role(RoleName=name)["Role"]
        return {
            "arn": role["Arn"],
            "assume_role_policy": json.dumps(role["AssumeRolePolicyDocument"]),
            "create_date": role["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
            "description": role.get("Description", ""),
            "id": name,
            "managed_policy_arns": _attached(client, name) if state.get("managed_policy_arns") else [],
            "max_session_duration": role.get("MaxSessionDuration", 3600),
            "name": name,
            "name_prefix": "",
            "path": role["Path"],
            "permissions_boundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""),
            "tags_all": unpaired(role.get("Tags", [])),
            "unique_id": role["RoleId"],
        }

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """Trust, description, session length, boundary, tags."""
        client, name = self.client(prior, ctx), prior["id"]
        if changed(prior, planned, "assume_role_policy"):
            client.update_assume_role_policy(RoleName=name, PolicyDocument=planned["assume_role_policy"])
        if changed(prior, planned, "description") or changed(prior, planned, "max_session_duration"):
            seconds = whole(planned.get("max_session_duration") or 3600)
            client.update_role(RoleName=name, Description=text(planned, "description"), MaxSessionDuration=seconds)
        if changed(prior, planned, "permissions_boundary"):
            _set_boundary(client, name, text(planned, "permissions_boundary"))
        self._put_inside(client, name, prior, planned)
        change_tags(
            prior,
            planned,
            lambda tags: client.tag_role(RoleName=name, Tags=pairs(tags)),
            lambda names: client.untag_role(RoleName=name, TagKeys=names),
        )

    def remove(self, state: State, ctx: Context) -> None:
        """IAM keeps a role that has policies; `force_detach_policies` takes them off first."""
        client, name = self.client(state, ctx), state["id"]
        inside = [item["name"] for item in blocks(state, "inline_policy") if "name" in item]
        if state.get("force_detach_policies"):
            inside = client.list_role_policies(RoleName=name)["PolicyNames"]
        for policy in inside:
            client.delete_role_policy(RoleName=name, PolicyName=policy)
        if state.get("force_detach_policies") or state.get("managed_policy_arns"):
            for arn in _attached(client, name):
                client.detach_role_policy(RoleName=name, PolicyArn=arn)
        client.delete_role(RoleName=name)

    def _put_inside(self, client: Any, name: str, prior: State, planned: State) -> None:
        before, after = (
            {item["name"]: item.get("policy") for item in blocks(of, "inline_policy") if "name" in item}
            for of in (prior, planned)
        )
        for policy in before.keys() - after.keys():
            client.delete_role_policy(RoleName=name, PolicyName=policy)
        for policy, document in after.items():
            if before.get(policy) != document:
                client.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=document)
        if is_set(planned, "managed_policy_arns"):
            wanted, there = set(planned["managed_policy_arns"]), set(prior.get("managed_policy_arns") or [])
            for arn in wanted - there:
                client.attach_role_policy(RoleName=name, PolicyArn=arn)
            for arn in there - wanted:
                client.detach_role_policy(RoleName=name, PolicyArn=arn)


class RolePolicy(_Iam):
    """aws_iam_role_policy."""

    label = "IAM Role Policy"

    def make(self, planned: State, ctx: Context) -> Found:
        """Puts it."""
        name = own_name(planned)
        self._put(planned["role"], name, planned["policy"], ctx)
        return {"id": f"{planned['role']}:{name}"}

    def find(self, state: State, ctx: Context) -> Found | None:
        """By role and name, which its id is made of."""
        role, name = _identity(state)
        policy = self.client(state, ctx).get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        document = json.dumps(policy)
        return {"id": f"{role}:{name}", "name": name, "name_prefix": "", "policy": document, "role": role}

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """Puts it again."""
        self._put(*_identity(prior), planned["policy"], ctx)

    def remove(self, state: State, ctx: Context) -> None:
        """The role stays."""
        role, name = _identity(state)
        self.client(state, ctx).delete_role_policy(RoleName=role, PolicyName=name)

    def _put(self, role: str, name: str, policy: str, ctx: Context) -> None:
        self.client({}, ctx).put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=policy)


class Policy(_Iam):
    """aws_iam_policy."""

    label = "IAM Policy"
    named_by = "name"

    def make(self, planned: State, ctx: Context) -> Found:
        """A managed policy, its first version."""
        given = {"description": "Description", "path": "Path"}
        arguments = {theirs: planned[ours] for ours, theirs in given.items() if is_set(planned, ours)}
        answer = self.client(planned, ctx).create_policy(
            PolicyName=own_name(planned), PolicyDocument=planned["policy"], Tags=pairs(tags_of(planned)), **arguments
        )
        return {"id": answer["Policy"]["Arn"]}

    def find(self, state: State, ctx: Context) -> Found | None:
        """The policy and its default version."""
        client = self.client(state, ctx)
        path = text(state, "path") or "/"
        arn = text(state, "id") or f"arn:aws:iam::{ctx.account_id}:policy{path}{text(state, 'name')}"
        policy = client.get_policy(PolicyArn=arn)["Policy"]
        version = client.get_policy_version(PolicyArn=arn, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
        return {
            "arn": arn,
            "attachment_count": policy.get("AttachmentCount", 0),
            "description": policy.get("Description", ""),
            "id": arn,
            "name": policy["PolicyName"],
            "name_prefix": "",
            "path": policy["Path"],
            "policy": json.dumps(version["Document"]),
            "policy_id": policy["PolicyId"],
            "tags_all": unpaired(policy.get("Tags", [])),
        }

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """A new default version; the oldest makes room for it."""
        client, arn = self.client(prior, ctx), prior["id"]
        if changed(prior, planned, "policy"):
            others = _other_versions(client, arn)
            if len(others) + 1 >= _MOST_VERSIONS:
                client.delete_policy_version(PolicyArn=arn, VersionId=others[0])
            client.create_policy_version(PolicyArn=arn, PolicyDocument=planned["policy"], SetAsDefault=True)
        change_tags(
            prior,
            planned,
            lambda tags: client.tag_policy(PolicyArn=arn, Tags=pairs(tags)),
            lambda names: client.untag_policy(PolicyArn=arn, TagKeys=names),
        )

    def remove(self, state: State, ctx: Context) -> None:
        """Its other versions go first."""
        client, arn = self.client(state, ctx), state["id"]
        for version in _other_versions(client, arn):
            client.delete_policy_version(PolicyArn=arn, VersionId=version)
        client.delete_policy(PolicyArn=arn)


class RolePolicyAttachment(_Iam):
    """aws_iam_role_policy_attachment."""

    label = "IAM Role Policy Attachment"

    def make(self, planned: State, ctx: Context) -> Found:
        """Attached already is success to IAM."""
        role, arn = planned["role"], planned["policy_arn"]
        self.client(planned, ctx).attach_role_policy(RoleName=role, PolicyArn=arn)
        return {"id": f"{role}/{arn}"}

    def find(self, state: State, ctx: Context) -> Found | None:
        """None when the role is there without it."""
        role, arn = text(state, "id").split("/", 1)
        if arn not in _attached(self.client(state, ctx), role):
            return None
        return {"id": state["id"], "policy_arn": arn, "role": role}

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """Nothing of it can change."""

    def remove(self, state: State, ctx: Context) -> None:
        """Role and policy stay."""
        self.client(state, ctx).detach_role_policy(RoleName=state["role"], PolicyArn=state["policy_arn"])


def _identity(state: State) -> tuple[str, str]:
    role, _, name = text(state, "id").partition(":")
    return (role, name) if role else (text(state, "role"), text(state, "name"))


def _attached(client: Any, role: str) -> list[str]:
    pages = client.get_paginator("list_attached_role_policies").paginate(RoleName=role)
    return sorted(policy["PolicyArn"] for page in pages for policy in page["AttachedPolicies"])


def _other_versions(client: Any, arn: str) -> list[str]:
    versions = client.list_policy_versions(PolicyArn=arn)["Versions"]
    others = [version for version in versions if not version["IsDefaultVersion"]]
    return [version["VersionId"] for version in sorted(others, key=lambda version: version["CreateDate"])]


def _set_boundary(client: Any, role: str, boundary: str) -> None:
    if boundary:
        client.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=boundary)
    else:
        client.delete_role_permissions_boundary(RoleName=role)


REALIZERS = {
    "aws_iam_policy": Policy(),
    "aws_iam_role": Role(),
    "aws_iam_role_policy": RolePolicy(),
    "aws_iam_role_policy_attachment": RolePolicyAttachment(),
}
