"""Alarms as Terraform defines them, over figures; both clouds' agree with the objectives that they are made from."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isthmus.local.watch import alarms, standing
from isthmus.local.watch.alarms import COMPOSITE, METRIC_ALARM, POLICY, Alarm
from isthmus.local.watch.history import MinuteStore
from isthmus.local.watch.minutes import Minutes
from isthmus.local.watch.standing import Keeper

NOW = 1_800_000_000.0
SAYS = "It is wrong. Runbook: docs/runbooks/slo-burn.md"
AGES = ("isthmus.queue.oldest_age", ("aws", "bridge")), ("isthmus.queue.oldest_age", ("gcp", "bridge"))


def alarm(name: str, **given: Any) -> tuple[str, dict[str, Any]]:
    """A metric alarm with a state's fields."""
    plain = {
        "alarm_name": name,
        "alarm_actions": ["topic"],
        "alarm_description": SAYS,
        "comparison_operator": "GreaterThanThreshold",
        "evaluation_periods": 3,
        "namespace": "AWS/SQS",
        "metric_name": "ApproximateAgeOfOldestMessage",
        "dimensions": {"QueueName": "isthmus-dev-archive"},
        "period": 60,
        "threshold": 300,
        "treat_missing_data": "notBreaching",
    }
    return METRIC_ALARM, {**plain, **given}


def policy(**condition: Any) -> tuple[str, dict[str, Any]]:
    """An alert policy with one condition."""
    content = {"content": "It is wrong. What to do: docs/runbooks/slo-burn.md"}
    return POLICY, {"display_name": "p", "combiner": "OR", "conditions": [condition], "documentation": [content]}


def threshold(metric: str, resource: str, above: float, seconds: int) -> tuple[str, dict[str, Any]]:
    """A policy on a threshold."""
    condition = {"filter": f'{resource} AND metric.type = "{metric}"', "duration": f"{seconds}s"}
    return policy(condition_threshold=[{**condition, "threshold_value": above}])


def state(defined: tuple[str, dict[str, Any]], figures: list[dict[Any, float]]) -> Alarm:
    """How an alarm is after a minute of each figure."""
    minutes = Minutes()
    for index, values in enumerate(figures):
        minutes.add(NOW + 60 * index, values)
    return alarms.evaluate([defined], minutes, NOW + 60 * (len(figures) - 1))[0]


ARCHIVE = ("isthmus.queue.oldest_age", ("aws", "archive"))


def test_so_many_periods_in_a_row_must_be_too_much() -> None:
    above, below = {ARCHIVE: 301.0}, {ARCHIVE: 300.0}
    assert state(alarm("a"), [above, above, above]).state == "fires"
    assert state(alarm("a"), [above, below, above]).state == "ok"
    assert state(alarm("a", datapoints_to_alarm=2), [above, below, above]).state == "fires"


def test_what_is_missing_is_treated_as_the_alarm_says() -> None:
    assert state(alarm("a"), [{}]).state == "ok"
    assert state(alarm("a", treat_missing_data="breaching"), [{}]).state == "fires"


def test_what_nothing_here_measures_is_never_called_well() -> None:
    found = state(alarm("a", namespace="AWS/Lambda", metric_name="Throttles", dimensions={"FunctionName": "f"}), [{}])
    assert found.state == "not measured"
    assert "Throttles" in found.says
    assert found.runbook == "docs/runbooks/slo-burn.md"
    lines = {"filter": "severity>=ERROR"}
    assert state(policy(condition_matched_log=[lines]), [{}]).state == "not measured"


def test_errors_of_ingest_are_counted_by_their_growth() -> None:
    errors = ("isthmus.errors", ("aws", "ingest"))
    given = {"namespace": "AWS/ApiGateway", "metric_name": "5xx", "dimensions": {"ApiId": "a"}, "threshold": 0}
    one = alarm("a", evaluation_periods=1, **given)
    assert state(one, [{errors: 7.0}]).state == "ok"
    assert state(one, [{errors: 7.0}, {errors: 8.0}]).state == "fires"
    assert state(one, [{}, {errors: 1.0}]).state == "fires"


def test_a_policy_needs_its_whole_duration() -> None:
    bridge = ("isthmus.queue.oldest_age", ("gcp", "bridge"))
    metric, where = "pubsub.googleapis.com/subscription/oldest_unacked_message_age", "isthmus-dev-bridge"
    made = threshold(metric, f'resource.labels.subscription_id = "{where}"', 900, 120)
    assert state(made, [{bridge: 901.0}, {bridge: 901.0}]).state == "fires"
    assert state(made, [{bridge: 901.0}]).state == "ok"


def test_the_lag_in_lines_of_logs_is_followed() -> None:
    lag = ("isthmus.bridge.lag", ("gcp",))
    made = policy(condition_matched_log=[{"filter": "jsonPayload.age_ms.aws>900000"}])
    assert state(made, [{lag: 901.0}]).state == "fires"
    assert state(made, [{lag: 899.0}]).state == "ok"


def test_a_window_of_a_composite_alarm_tells_nobody() -> None:
    rule = {"alarm_name": "c", "alarm_description": SAYS, "alarm_rule": 'ALARM("a") AND ALARM("b")'}
    both = [alarm("a", alarm_actions=[]), alarm("b", alarm_actions=[], threshold=400), (COMPOSITE, rule)]
    minutes = Minutes()
    for index, age in enumerate((350, 350, 350)):
        minutes.add(NOW + 60 * index, {ARCHIVE: age})
    assert list(alarms.told(alarms.evaluate(both, minutes, NOW + 120))) == []
    for index in range(3, 6):
        minutes.add(NOW + 60 * index, {ARCHIVE: 401.0})
    assert [one.name for one in alarms.told(alarms.evaluate(both, minutes, NOW + 300))] == ["c"]


def latency() -> list[tuple[str, dict[str, Any]]]:
    """The alarms on the latency that modules/*/observability make of the alert `fast`."""
    query = {"metric_name": "ApproximateAgeOfOldestMessage", "namespace": "AWS/SQS", "period": 60}
    reads = [{**query, "dimensions": {"QueueName": f"p-{name}"}} for name in ("archive", "bridge")]
    queries = [{"id": f"m{index}", "metric": [one]} for index, one in enumerate(reads)]
    result = {"id": "result", "return_data": True, "expression": "MAX(FILL(METRICS(), 0))"}
    made = []
    for span, bad, window in (("long", 9, 60), ("short", 1, 5)):
        given = {"evaluation_periods": window, "datapoints_to_alarm": bad, "threshold": 60, "alarm_actions": None}
        made.append(alarm(f"s-{span}", **given, metric_query=[*queries, result]))
    rule = {"alarm_name": "s", "alarm_description": SAYS, "alarm_rule": 'ALARM("s-long") AND ALARM("s-short")'}
    text = (
        '(sum_over_time((max(pubsub_googleapis_com:subscription_oldest_unacked_message_age{monitored_resource="pubsub_'
        'subscription",subscription_id=~"p-archive|p-bridge"}) > bool 60)[WINDOWm:1m]) / WINDOW > 0.144000)'
    )
    spans = " and ".join(text.replace("WINDOW", str(minutes)) for minutes in (60, 5))
    return [*made, (COMPOSITE, rule), policy(condition_prometheus_query_language=[{"query": spans}])]


@settings(max_examples=40)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 12)), min_size=1, max_size=12))
def test_both_clouds_alarms_fire_when_the_objective_says_so(stretches: list[tuple[bool, int]]) -> None:
    """Minute by minute, whatever comes."""
    minutes, keeper, now = Minutes(), Keeper(standing.load(), MinuteStore(":memory:")), NOW
    for bad, count in stretches:
        for _ in range(count):
            now += 60
            values = dict.fromkeys(AGES, 61.0 if bad else 0.0)
            minutes.add(now, values)
            keeper.observe(now, values)
        fires = {one.cloud: "fast" in one.firing for one in keeper.standings(now) if one.slo == "latency"}
        found = {one.cloud: one.state == "fires" for one in alarms.evaluate(latency(), minutes, now) if one.tells}
        assert found == fires


def test_a_day_is_kept_and_no_more() -> None:
    minutes = Minutes()
    for index in range(3000):
        minutes.add(NOW + 60 * index, {ARCHIVE: index, ("isthmus.requests", ("aws", "ingest")): index})
    last = int(NOW // 60) + 2999
    assert minutes.at(ARCHIVE, last) == 2999
    assert minutes.at(ARCHIVE, last - 1440) == 2999 - 1440
    assert minutes.at(ARCHIVE, last - 1441) is None
    assert minutes.grown(("isthmus.requests", ("aws", "ingest")), last, 1440) == 1440


def test_a_gauge_keeps_its_worst_of_a_minute_and_a_gap_is_a_gap() -> None:
    minutes = Minutes()
    for second, age in ((0, 5.0), (5, 90.0), (10, 1.0), (600, 2.0)):
        minutes.add(NOW + second, {ARCHIVE: age})
    first = int(NOW // 60)
    assert [minutes.at(ARCHIVE, first + index) for index in (0, 1, 10)] == [90, None, 2]


@pytest.mark.parametrize("query", ["vector(1)", "(vector(1) > 0)"])
def test_a_query_that_is_not_followed_is_said(query: str) -> None:
    assert state(policy(condition_prometheus_query_language=[{"query": query}]), [{}]).state == "not measured"
