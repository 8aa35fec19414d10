"""What is applied is what was approved: every other plan is refused, with a line for each thing that differs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from isthmus.change import approvals, facts, saved
from isthmus.change.apply import ApplyFailed, NotApproved, apply
from isthmus.change.plans import Target
from isthmus.change.saved import Desk
from isthmus.core.errors import ConfigurationError, Interrupted, IsthmusError, Refused

TARGET = Target("dev", "platform/aws")


def _approved(desk: Desk) -> str:
    made = saved.make(desk, TARGET)
    approvals.approve(desk, made.digest, "somebody", 24)
    return made.digest


def _differences(desk: Desk, digest: str, *asked: str) -> list[str]:
    with pytest.raises(NotApproved) as refused:
        apply(desk, digest, *asked)
    assert str(refused.value).count("\n") == len(refused.value.differences) - 1
    return [line.partition(":")[0] for line in refused.value.differences]


def test_what_was_approved_is_applied_once_and_judged_after(desk: Desk, stage: Any) -> None:
    """The plan's own bytes; the state is shown after it; the saved plan is gone."""
    digest = _approved(desk)
    done = apply(desk, digest, "dev", "platform/aws")
    assert stage.applied == [done.facts.plan]
    assert stage.shown[-1] is None
    assert done.verdict.verdict == "pass"
    assert list(desk.vault.folder.iterdir()) == [desk.vault.folder / f"{digest}.approval"]
    with pytest.raises(Refused, match="no saved plan"):
        apply(desk, digest)


def test_a_digest_that_nobody_approved_is_refused(desk: Desk, stage: Any) -> None:
    """Planned, but not approved; or approved, but another one."""
    first = _approved(desk)
    stage.names = ["aws_sqs_queue.b"]
    second = saved.make(desk, TARGET).digest
    assert first != second
    assert _differences(desk, second) == ["approval"]
    with pytest.raises(NotApproved, match=f"have it approved: isthmus approve {second}"):
        apply(desk, second)
    assert stage.applied == []


def test_an_approval_of_another_digest_is_refused(desk: Desk, stage: Any) -> None:
    """Also under its name."""
    first = _approved(desk)
    stage.names = ["aws_sqs_queue.b"]
    second = saved.make(desk, TARGET).digest
    desk.vault.put(f"{second}.approval", desk.vault.get(f"{first}.approval"))
    assert _differences(desk, second) == ["approval"]


def test_an_approval_ends(desk: Desk, stage: Any) -> None:
    """To the second; and none lasts longer than a week."""
    digest = _approved(desk)
    late = replace(desk, now=desk.time + timedelta(hours=24))
    assert _differences(late, digest) == ["approval"]
    for hours in (0, -1, approvals.MAX_HOURS + 1):
        with pytest.raises(ConfigurationError, match="holds for"):
            approvals.approve(desk, digest, "somebody", hours)
    name = f"{digest}.approval"
    longer = msgspec.json.decode(desk.vault.get(name), type=approvals.Approval)
    longer = msgspec.structs.replace(longer, until=longer.until + timedelta(days=400))
    desk.vault.put(name, msgspec.json.encode(longer))
    assert _differences(desk, digest) == ["approval"]
    apply(replace(desk, now=desk.time + timedelta(hours=23)), _approved(desk))
    assert len(stage.applied) == 1


@pytest.mark.parametrize(("name", "value"), [("serial", 8), ("lineage", "two")])
def test_a_plan_upon_a_state_that_has_moved_is_stale(desk: Desk, stage: Any, name: str, value: Any) -> None:
    """Somebody else applied; or the state is another one."""
    digest = _approved(desk)
    setattr(stage, name, value)
    assert _differences(desk, digest) == [name]


def test_a_commit_that_has_moved_is_refused(desk: Desk, project: Path, commit: Callable[[], None]) -> None:
    """Even when it plans the same; and so is what is not committed."""
    digest = _approved(desk)
    (project / "README.md").write_text("more")
    assert _differences(desk, digest) == ["tree"]
    commit()
    assert _differences(desk, digest) == ["commit"]


def test_what_is_not_committed_is_planned_only_when_said(desk: Desk, project: Path) -> None:
    """And applied only as it was then."""
    (project / "README.md").write_text("more")
    with pytest.raises(Refused, match="1 files are not committed"):
        saved.make(desk, TARGET)
    digest = saved.make(desk, TARGET, dirty=True).digest
    approvals.approve(desk, digest, "somebody", 1)
    (project / "README.md").write_text("less")
    assert _differences(desk, digest) == ["tree"]
    (project / "README.md").write_text("more")
    apply(desk, digest)


def test_a_plan_made_elsewhere_is_refused_before_it_is_read(desk: Desk, stage: Any) -> None:
    """Another environment, another stack, another run."""
    digest = _approved(desk)
    stage.shown.clear()
    assert _differences(desk, digest, "prod") == ["environment"]
    assert _differences(desk, digest, "dev", "platform/gcp") == ["stack"]
    stage.place = "there"
    assert _differences(desk, digest, "prod") == ["environment", "place"]
    assert stage.shown == []


def _tamper(desk: Desk, digest: str, change: Callable[[dict[str, Any]], None]) -> None:
    name = f"{digest}{saved.SUFFIX}"
    kept = msgspec.msgpack.decode(desk.vault.get(name))
    change(kept)
    desk.vault.put(name, msgspec.msgpack.encode(kept))


def test_a_saved_plan_that_was_changed_is_refused_before_it_is_read(desk: Desk, stage: Any) -> None:
    """Its bytes are in the digest."""
    digest = _approved(desk)
    stage.shown.clear()
    _tamper(desk, digest, lambda kept: kept.update(plan=json.dumps(["dev platform/aws", ["aws_iam_user.x"]]).encode()))
    assert _differences(desk, digest) == ["plan"]
    assert stage.shown == []


@pytest.mark.parametrize(
    "change",
    [
        {"policy": {"verdict": "pass", "failed": 0, "unknown": 0, "findings": "none", "rules": "none"}},
        {"cost": {"month": "0.01"}},
        {"plan": "0" * 64},
        {"serial": 8},
    ],
    ids=["policy", "cost", "plan", "state"],
)
def test_facts_that_were_changed_are_refused(desk: Desk, change: dict[str, Any]) -> None:
    """A better verdict, a lower cost: the record has another digest then."""
    digest = _approved(desk)
    _tamper(desk, digest, lambda kept: kept["facts"].update(change))
    with pytest.raises(Refused, match="facts were changed"):
        apply(desk, digest)


def test_a_verdict_that_is_another_one_now_is_refused(desk: Desk, project: Path) -> None:
    """A rule or a waiver was changed beside git's back."""
    digest = _approved(desk)
    rule = project / "policy" / "main.rego"
    rule.write_text(rule.read_text().replace("> 20", "> 5"))
    assert _differences(desk, digest) == [
        "policy failed",
        "policy findings",
        "policy rules",
        "policy verdict",
        "tree",
    ]


def test_a_cost_that_is_another_one_now_is_refused(desk: Desk) -> None:
    """A price was changed."""
    digest = _approved(desk)
    assert _differences(replace(desk, price=lambda target, document: {"month": "13.00"}), digest) == ["cost month"]


def test_a_plan_that_a_policy_fails_is_not_approved(desk: Desk, stage: Any) -> None:
    """It is planned and shown; nobody can approve it."""
    stage.names = ["aws_sqs_queue.a_name_that_is_long"]
    made = saved.make(desk, TARGET)
    assert [problem.rule for problem in made.problems] == ["policy: naming.short"]
    with pytest.raises(Refused, match="1 policies fail"):
        approvals.approve(desk, made.digest, "somebody", 1)


def test_a_plan_of_nothing_is_not_kept(desk: Desk, stage: Any) -> None:
    """There is nothing to approve."""
    stage.names = []
    assert saved.make(desk, TARGET).digest == ""
    assert desk.vault.names(saved.SUFFIX) == []


def test_an_apply_that_fails_says_so_and_keeps_nothing_secret(desk: Desk, stage: Any) -> None:
    """The saved plan stays under its digest until the state has moved."""
    digest = _approved(desk)
    stage.fails = "no such queue"
    with pytest.raises(ApplyFailed, match="no such queue; nothing of it was applied to dev platform/aws"):
        apply(desk, digest)
    assert [path.name for path in desk.vault.folder.iterdir() if path.is_dir()] == []


def test_what_is_applied_is_told_while_it_is(desk: Desk, stage: Any) -> None:
    """Each resource with how far it is, then that it is judged again."""
    stage.names = ["aws_sqs_queue.a", "aws_sqs_queue.b"]
    told: list[str] = []
    apply(desk, _approved(desk), say=told.append)
    assert told == [
        "apply: dev platform/aws: looking at the plan again",
        "apply: dev platform/aws 1/2 created aws_sqs_queue.a in 2 s",
        "apply: dev platform/aws 2/2 created aws_sqs_queue.b in 2 s",
        "policy: judging dev platform/aws again, as it is now",
    ]


@pytest.mark.parametrize(
    ("settings", "says", "kept"),
    [
        ({"stops": 0}, "nothing of it was applied to dev platform/aws, and the rest was not", True),
        ({"stops": 1}, "1 of 2 changes were applied to dev platform/aws, and the rest was not", True),
        ({"shows": False}, "all 2 changes were applied to dev platform/aws, and judged by no policy", False),
    ],
)
def test_ctrl_c_says_what_was_applied_by_then(
    desk: Desk, stage: Any, settings: dict[str, Any], says: str, kept: bool
) -> None:
    """Also when Terraform had finished: then there is nothing left to apply, and nobody has judged it."""
    stage.names = ["aws_sqs_queue.a", "aws_sqs_queue.b"]
    digest = _approved(desk)
    for name, value in settings.items():
        setattr(stage, name, value)
    with pytest.raises(Interrupted, match=says) as stopped:
        apply(desk, digest)
    assert "isthmus plan --env dev --stack platform/aws" in stopped.value.fix
    assert (f"{digest}{saved.SUFFIX}" in desk.vault.names(saved.SUFFIX)) == kept


def test_the_digest_covers_every_fact(desk: Desk) -> None:
    """Each of them, changed alone, gives another one; the same facts the same, whatever their order."""
    made = saved.make(desk, TARGET).facts
    assert made is not None
    plain = msgspec.to_builtins(made)
    for name, value in plain.items():
        other = {"str": "x", "int": 99, "dict": {"month": "1"}, "tuple": []}[type(value).__name__]
        if name == "policy":
            other = {**value, "unknown": 3}
        assert facts.digest(msgspec.convert({**plain, name: other}, facts.Facts)) != facts.digest(made)
    turned = dict(reversed(plain.items()))
    assert facts.digest(msgspec.convert(turned, facts.Facts)) == facts.digest(made)


def test_a_digest_that_is_no_digest_is_refused(desk: Desk) -> None:
    """Nor a path."""
    for word in ("", "x", "../../etc/passwd"):
        with pytest.raises(IsthmusError, match="no saved plan"):
            apply(desk, word)
