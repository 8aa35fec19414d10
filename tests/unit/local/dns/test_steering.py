"""Which answers each provider may give, by weights and health."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from isthmus.local.dns.steering import Health, Steered, Target, pick, shares

AWS, GCP = ("198.51.100.1", "198.51.100.2"), ("203.0.113.1",)
WEIGHTS = st.integers(0, 255)


def route53(aws: int, gcp: int) -> Steered:
    """The zone's tree as modules/aws/failover makes it: each cloud the other's last resort, one good address enough."""
    own = {"aws": Target("aws", AWS, aws, ("aws", "aws"), 1), "gcp": Target("gcp", GCP, gcp, ("gcp",), 1)}
    targets = (replace(own["aws"], resort=own["gcp"]), replace(own["gcp"], resort=own["aws"]))
    return Steered("events.example.com.", "A", 60, "weighted", targets)


def cloud_dns(aws: int, gcp: int) -> Steered:
    """The same as modules/gcp/failover makes it: a weight of 0 is a backup."""
    clouds = {"aws": (AWS, aws, ("aws", "aws")), "gcp": (GCP, gcp, ("gcp",))}
    if aws and gcp:
        targets = tuple(Target(name, values, weight, probes) for name, (values, weight, probes) in clouds.items())
        return Steered("events.example.com.", "A", 60, "wrr", targets)
    ordered = sorted(clouds.items(), key=lambda one: one[1][1] == 0)
    primary_backup = tuple(
        Target(name, values, float(number == 0), probes) for number, (name, (values, _, probes)) in enumerate(ordered)
    )
    return Steered("events.example.com.", "A", 60, "primary_backup", primary_backup)


def chances(steered: Steered, health: Health) -> dict[tuple[str, ...], float]:
    return {share.values: round(share.probability, 9) for share in shares(steered, health)}


@given(aws=WEIGHTS, gcp=WEIGHTS, well=st.tuples(st.booleans(), st.booleans()))
def test_both_providers_give_the_same_answers_with_the_same_chances(
    aws: int, gcp: int, well: tuple[bool, bool]
) -> None:
    if not aws and not gcp:
        return  # Terraform refuses it
    health = {"aws": well[0], "gcp": well[1]}
    assert chances(route53(aws, gcp), health) == chances(cloud_dns(aws, gcp), health)


@given(aws=WEIGHTS, gcp=WEIGHTS, well=st.tuples(st.booleans(), st.booleans()))
def test_chances_sum_to_one_and_nothing_unhealthy_is_answered_while_something_is_well(
    aws: int, gcp: int, well: tuple[bool, bool]
) -> None:
    health = {"aws": well[0], "gcp": well[1]}
    found = chances(route53(aws, gcp), health)
    assert abs(sum(found.values()) - 1) < 1e-6
    if any(well):
        assert all(health["aws" if values == AWS else "gcp"] for values in found)


def test_a_weight_of_0_answers_only_while_the_others_are_unhealthy() -> None:
    assert chances(route53(0, 50), {}) == {GCP: 1.0}
    assert chances(route53(0, 50), {"gcp": False}) == {AWS: 1.0}


def test_with_everything_unhealthy_everything_is_taken_for_healthy() -> None:
    health = {"aws": False, "gcp": False}
    assert chances(route53(25, 75), health) == {AWS: 0.25, GCP: 0.75}
    assert chances(route53(0, 50), health) == {GCP: 1.0}


def test_all_weights_0_are_all_alike() -> None:
    assert chances(route53(0, 0), {}) == {AWS: 0.5, GCP: 0.5}


def test_cloud_dns_answers_with_the_healthy_addresses_of_a_target_only() -> None:
    steered = Steered("a.", "A", 60, "wrr", (Target("aws", AWS, 1, ("first", "second")),))
    assert {(AWS[1],): 1.0} == chances(steered, {"first": False})


def test_a_backup_gets_the_trickle_while_the_primary_is_well() -> None:
    targets = (Target("gcp", GCP, 1, ("gcp",)), Target("aws", AWS, 0, ("aws", "aws")))
    steered = Steered("a.", "A", 60, "primary_backup", targets, trickle=0.1)
    assert chances(steered, {}) == {GCP: 0.9, AWS: 0.1}
    assert chances(steered, {"aws": False}) == {GCP: 1.0}
    assert chances(steered, {"gcp": False}) == {AWS: 1.0}


def test_a_failover_of_route53_prefers_its_primary_when_both_are_out() -> None:
    targets = (Target("one", GCP, 1, ("gcp",)), Target("two", AWS, 0, ("aws", "aws")))
    steered = Steered("a.", "A", 60, "failover", targets)
    assert chances(steered, {"gcp": False, "aws": False}) == {GCP: 1.0}
    assert chances(steered, {"gcp": False}) == {AWS: 1.0}


@given(draw=st.floats(0, 1, exclude_max=True))
def test_a_draw_falls_on_an_answer_by_its_chance(draw: float) -> None:
    possible = shares(route53(25, 75), {})
    assert pick(possible, draw).target == ("aws" if draw < 0.25 else "gcp")


def test_a_calculated_check_needs_as_many_good_children_as_it_says() -> None:
    both = Steered("a.", "A", 60, "weighted", (Target("aws", AWS, 1, ("1", "2"), 2), Target("gcp", GCP, 1, ("3",), 1)))
    one = Steered("a.", "A", 60, "weighted", (Target("aws", AWS, 1, ("1", "2"), 1), Target("gcp", GCP, 1, ("3",), 1)))
    assert chances(both, {"1": False}) == {GCP: 1.0}
    assert chances(one, {"1": False}) == {AWS: 0.5, GCP: 0.5}


def test_a_last_resort_answers_under_its_own_name() -> None:
    found = shares(route53(100, 0), {"aws": False})
    assert [(share.target, share.values, share.probability) for share in found] == [("gcp", GCP, 1.0)]
