"""The drawing follows the Terraform state: what is not in it is not drawn."""

from __future__ import annotations

import json
from typing import Any

from isthmus.console.wiring import Edge, wiring


def resource(type_: str, name_: str, key: str = "", **attributes: Any) -> dict[str, Any]:
    """A resource of a state."""
    instance = {"attributes": attributes, **({"index_key": key} if key else {})}
    return {"mode": "managed", "module": "module.m", "type": type_, "name": name_, "instances": [instance]}


AWS = {
    "resources": [
        resource("aws_apigatewayv2_api", "ingest", id="api1", name="p-ingest"),
        resource(
            "aws_apigatewayv2_integration",
            "function",
            api_id="api1",
            integration_uri="arn:aws:apigateway:r:lambda:path/2015-03-31/functions/fn:ingest/invocations",
        ),
        resource(
            "aws_lambda_function",
            "ingest",
            arn="fn:ingest",
            function_name="p-ingest",
            environment=[
                {"variables": {"ISTHMUS_CLOUD": "aws", "ISTHMUS_ROLE": "ingest", "ISTHMUS_SNS_TOPIC_ARN": "sns:events"}}
            ],
        ),
        resource(
            "aws_lambda_function",
            "bridge",
            arn="fn:bridge",
            function_name="p-bridge",
            environment=[
                {
                    "variables": {
                        "ISTHMUS_CLOUD": "aws",
                        "ISTHMUS_ROLE": "bridge",
                        "ISTHMUS_PUBSUB_TOPIC": "topics/p-events",
                    }
                }
            ],
        ),
        resource("aws_sns_topic", "events", arn="sns:events", name="p-events"),
        resource("aws_sns_topic", "alarms", arn="sns:alarms", name="p-alarms"),
        resource(
            "aws_sqs_queue",
            "consumer",
            "bridge",
            arn="sqs:bridge",
            name="p-bridge",
            redrive_policy=json.dumps({"deadLetterTargetArn": "sqs:dead"}),
        ),
        resource("aws_sqs_queue", "dead_letter", "bridge", arn="sqs:dead", name="p-bridge-dlq", redrive_policy=""),
        resource(
            "aws_sns_topic_subscription",
            "consumer",
            "bridge",
            topic_arn="sns:events",
            endpoint="sqs:bridge",
            filter_policy='{"origin": ["aws"]}',
        ),
        resource("aws_lambda_event_source_mapping", "queue", event_source_arn="sqs:bridge", function_arn="fn:bridge"),
    ]
}
GCP = {
    "resources": [
        resource("google_pubsub_topic", "events", id="topics/p-events", name="p-events"),
        resource("google_pubsub_topic", "dead", id="topics/p-archive-dlq", name="p-archive-dlq"),
        resource(
            "google_pubsub_subscription",
            "consumer",
            "archive",
            id="subs/p-archive",
            name="p-archive",
            topic="topics/p-events",
            push_config=[{"push_endpoint": "http://run/push"}],
            dead_letter_policy=[{"dead_letter_topic": "topics/p-archive-dlq"}],
        ),
        resource(
            "google_pubsub_subscription",
            "dead",
            "archive",
            id="subs/p-archive-dlq",
            name="p-archive-dlq",
            topic="topics/p-archive-dlq",
        ),
        resource(
            "google_cloud_run_v2_service",
            "this",
            uri="http://run",
            name="p-archive",
            template=[
                {
                    "containers": [
                        {
                            "env": [
                                {"name": "ISTHMUS_CLOUD", "value": "gcp"},
                                {"name": "ISTHMUS_ROLE", "value": "archive"},
                                {"name": "ISTHMUS_BUCKET", "value": "b"},
                            ]
                        }
                    ]
                }
            ],
        ),
        resource("google_storage_bucket", "archive", name="b"),
    ]
}


def pairs(edges: list[Edge]) -> dict[tuple[str, str], Edge]:
    """Edges by their two ends."""
    return {(edge.source, edge.target): edge for edge in edges}


def test_edges_are_those_of_the_state_and_name_the_proxy_that_they_lead_through() -> None:
    drawn = pairs(wiring({"aws": AWS, "gcp": GCP}).edges)
    assert {ends: edge.link for ends, edge in drawn.items()} == {
        ("producers", "api1"): "aws.front",
        ("api1", "fn:ingest"): "",
        ("fn:ingest", "sns:events"): "aws.broker",
        ("sns:events", "sqs:bridge"): "",
        ("sqs:bridge", "fn:bridge"): "",
        ("sqs:bridge", "sqs:dead"): "",
        ("fn:bridge", "topics/p-events"): "aws-to-gcp.pubsub",
        ("topics/p-events", "subs/p-archive"): "",
        ("subs/p-archive", "http://run"): "",
        ("subs/p-archive", "subs/p-archive-dlq"): "",
        ("http://run", "b"): "gcp.bucket",
    }
    assert drawn["sns:events", "sqs:bridge"].says == "origin = aws"


def test_what_no_event_passes_is_not_drawn() -> None:
    drawn = wiring({"aws": AWS, "gcp": GCP})
    assert not {"sns:alarms", "topics/p-archive-dlq"} & {node.id for node in drawn.nodes}


def test_nodes_know_their_role_and_their_address() -> None:
    nodes = {node.id: node for node in wiring({"aws": AWS, "gcp": GCP}).nodes}
    assert (nodes["sqs:dead"].kind, nodes["sqs:dead"].role) == ("dead_letters", "bridge")
    assert nodes["sqs:bridge"].address == 'module.m.aws_sqs_queue.consumer["bridge"]'
    assert (nodes["fn:ingest"].kind, nodes["fn:ingest"].role, nodes["fn:ingest"].service) == (
        "function",
        "ingest",
        "Lambda",
    )


def test_a_cloud_without_a_state_is_left_out() -> None:
    drawn = wiring({"aws": AWS, "gcp": {}})
    assert {node.cloud for node in drawn.nodes} == {"", "aws"}
    assert ("fn:bridge", "topics/p-events") not in pairs(drawn.edges)


def test_nothing_is_drawn_of_nothing() -> None:
    assert wiring({}).nodes == []
