"""What a new resource needs beyond its schema."""

from __future__ import annotations

from typing import Any

import pytest

from isthmus.rehearsal.convert.values import UNKNOWN
from isthmus.rehearsal.resources import creation

DATABASE = {"engine": "postgres", "username": "u", "allocated_storage": 20, "password": UNKNOWN}


@pytest.mark.parametrize(
    ("type_name", "config", "lacking"),
    [
        ("aws_db_instance", DATABASE, []),
        ("aws_db_instance", {**DATABASE, "engine": None}, ["engine"]),
        (
            "aws_db_instance",
            {**DATABASE, "password": None},
            ["manage_master_user_password or password or password_wo"],
        ),
        ("aws_db_instance", {"snapshot_identifier": "s"}, []),
        ("aws_db_instance", {"restore_to_point_in_time": [{}]}, []),
        ("google_container_cluster", {}, ["initial_node_count or node_pool"]),
        ("google_container_cluster", {"node_pool": [{}]}, []),
        ("google_container_cluster", {"enable_autopilot": True}, []),
        ("aws_sqs_queue", {}, []),
    ],
)
def test_what_a_new_resource_lacks_is_named(type_name: str, config: dict[str, Any], lacking: list[str]) -> None:
    found = creation.problems(type_name, config, None)
    assert [problem.summary for problem in found] == [f"{type_name} lacks {name}" for name in lacking]
    assert all(problem.warning for problem in found)


def test_a_resource_that_is_there_lacks_nothing() -> None:
    assert creation.problems("aws_db_instance", {}, {"id": "d"}) == []
