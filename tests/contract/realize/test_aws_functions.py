"""Functions, what feeds them, and HTTP APIs on the local AWS."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

import pytest

from isthmus.rehearsal.realize.base import RealizeError

_ECHO = """import json
def handler(event, context):
    print(json.dumps({"route": event.get("routeKey")}))
    return {"statusCode": 200, "headers": {"x-mark": "MARK"}, "body": json.dumps(event)}
"""
_ROLE = "arn:aws:iam::000000000000:role/any"


@pytest.fixture
def package(tmp_path: Path) -> Any:
    """Makes a zip that answers with a mark; returns its arguments."""

    def make(mark: str) -> dict[str, str]:
        path = tmp_path / f"{mark}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("echo.py", _ECHO.replace("MARK", mark))
        return {
            "filename": str(path),
            "handler": "echo.handler",
            "role": _ROLE,
            "runtime": "python3.12",
            "source_code_hash": base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode(),
        }

    return make


@pytest.fixture(autouse=True)
def _role(aws: Any) -> None:
    """The role of every function here; there once, and taken over after."""
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws.create("aws_iam_role", name=_ROLE.rpartition("/")[2], assume_role_policy=trust)


def _settings(**variables: str) -> dict[str, Any]:
    return {
        "architectures": ["arm64"],
        "environment": [{"variables": variables}],
        "logging_config": [{"log_format": "JSON", "log_group": "/aws/lambda/echo", "system_log_level": "WARN"}],
        "tracing_config": [{"mode": "PassThrough"}],
    }


def test_a_function_lives(aws: Any, package: Any) -> None:
    """Code, configuration and concurrency change in place; other code in the cloud is drift."""
    arguments = {"function_name": "lives", "memory_size": 256, "timeout": 5}
    function = aws.create("aws_lambda_function", **arguments, **package("one"), **_settings(A="1"), tags={"a": "b"})
    assert function["arn"] == "arn:aws:lambda:us-east-1:000000000000:function:lives"
    assert function["invoke_arn"].endswith(f"/2015-03-31/functions/{function['arn']}/invocations")
    assert function["code_sha256"] == function["source_code_hash"]
    letters = aws.create("aws_sqs_queue", name="async-letters")
    more = {"dead_letter_config": [{"target_arn": letters["arn"]}], "reserved_concurrent_executions": 2}
    function = aws.update(
        "aws_lambda_function", function, **arguments, **package("two"), **_settings(A="2", B="3"), **more
    )
    answer = json.loads(aws.ctx.aws("lambda").invoke(FunctionName="lives", Payload=b"{}")["Payload"].read())
    assert answer["headers"] == {"x-mark": "two"}
    other = Path(package("three")["filename"]).read_bytes()
    aws.ctx.aws("lambda").update_function_code(FunctionName="lives", ZipFile=other)
    assert aws.read("aws_lambda_function", function)["source_code_hash"] != function["source_code_hash"]
    aws.delete("aws_lambda_function", function)
    aws.assert_gone("aws_lambda_function", function)


def test_a_function_left_behind_is_taken_over(aws: Any, package: Any) -> None:
    """The same code and configuration is ours."""
    arguments = {"function_name": "again", "memory_size": 128, "timeout": 3, **package("one")}
    aws.create("aws_lambda_function", **arguments)
    aws.create("aws_lambda_function", **arguments)
    with pytest.raises(RealizeError, match=r"creating Lambda Function \(again\)"):
        aws.create("aws_lambda_function", **{**arguments, "timeout": 4})


def test_a_package_that_is_not_there_is_named(aws: Any) -> None:
    """Before anything is made."""
    with pytest.raises(RealizeError, match="reading ZIP file") as caught:
        aws.create(
            "aws_lambda_function",
            function_name="x",
            role=_ROLE,
            runtime="python3.12",
            handler="a.b",
            filename="/no.zip",
        )
    assert "No such file" in caught.value.detail


def test_a_permission_lives_in_the_functions_policy(aws: Any, package: Any) -> None:
    """By its statement id; taken over when it is there already."""
    aws.create("aws_lambda_function", function_name="allowed", **package("one"))
    arguments = {
        "statement_id": "api",
        "action": "lambda:InvokeFunction",
        "function_name": "allowed",
        "principal": "apigateway.amazonaws.com",
        "source_arn": "arn:aws:execute-api:us-east-1:000000000000:abc/*/*",
    }
    permission = aws.create("aws_lambda_permission", **arguments)
    aws.create("aws_lambda_permission", **arguments)
    aws.delete("aws_lambda_permission", permission)
    aws.assert_gone("aws_lambda_permission", permission)


def test_a_mapping_feeds_a_function_from_a_queue_once(aws: Any, package: Any) -> None:
    """Partial batches and concurrency are kept; creating it again makes no second poller."""
    function = aws.create("aws_lambda_function", function_name="fed", **package("one"))
    queue = aws.create("aws_sqs_queue", name="feed")
    arguments = {
        "event_source_arn": queue["arn"],
        "function_name": function["arn"],
        "function_response_types": ["ReportBatchItemFailures"],
        "maximum_batching_window_in_seconds": 0,
        # The local AWS shows the tags that a mapping was made with, whatever was tagged later.
        "tags": {"a": "b"},
    }
    scaling = {"scaling_config": [{"maximum_concurrency": 2}]}
    mapping = aws.create("aws_lambda_event_source_mapping", batch_size=10, **arguments, **scaling)
    assert mapping["function_arn"] == function["arn"]
    assert (
        aws.create("aws_lambda_event_source_mapping", batch_size=10, **arguments, **scaling)["uuid"] == mapping["uuid"]
    )
    mapping = aws.update(
        "aws_lambda_event_source_mapping", mapping, batch_size=5, enabled=False, **arguments, **scaling
    )
    aws.delete("aws_lambda_event_source_mapping", mapping)
    aws.assert_gone("aws_lambda_event_source_mapping", mapping)


def test_an_http_api_serves_a_function(aws: Any, package: Any) -> None:
    """API, integration, route, stage; a request reaches the function as payload 2.0."""
    function = aws.create("aws_lambda_function", function_name="served", **package("served"))
    api = aws.create("aws_apigatewayv2_api", name="web", protocol_type="HTTP", description="d", tags={"a": "b"})
    assert api["api_endpoint"] == f"https://{api['id']}.execute-api.us-east-1.amazonaws.com"
    integration = aws.create(
        "aws_apigatewayv2_integration",
        api_id=api["id"],
        integration_type="AWS_PROXY",
        integration_method="POST",
        integration_uri=function["invoke_arn"],
        payload_format_version="2.0",
    )
    routing = {"api_id": api["id"], "authorization_type": "NONE", "target": f"integrations/{integration['id']}"}
    route = aws.create("aws_apigatewayv2_route", route_key="POST /v1/events", **routing)
    logs = aws.create("aws_cloudwatch_log_group", name="/aws/apigateway/web")
    staging = {
        "api_id": api["id"],
        "name": "$default",
        "auto_deploy": True,
        "access_log_settings": [{"destination_arn": logs["arn"], "format": "{}"}],
    }
    limits = {"detailed_metrics_enabled": False, "throttling_burst_limit": 500, "throttling_rate_limit": 400}
    stage = aws.create("aws_apigatewayv2_stage", **staging, default_route_settings=[limits], tags={"a": "b"})
    assert stage["invoke_url"] == f"{api['api_endpoint']}/"

    body = gzip.compress(b'{"a":1}')
    headers = {"Content-Encoding": "gzip", "X-Api-Key": "k"}
    url = f"{aws.ctx.aws_endpoint}/_aws/execute-api/{api['id']}/$default/v1/events"
    request = urllib.request.Request(url, body, headers, method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        event = json.load(answer)
        assert answer.headers["x-mark"] == "served"
    assert (event["version"], event["routeKey"], event["headers"]["x-api-key"]) == ("2.0", "POST /v1/events", "k")
    assert event["isBase64Encoded"] and base64.b64decode(event["body"]) == body

    # The local AWS shows the tags that a stage was made with, whatever was tagged later; so they stay the same here.
    fewer = [{**limits, "throttling_burst_limit": 9}]
    stage = aws.update("aws_apigatewayv2_stage", stage, **staging, default_route_settings=fewer, tags={"a": "b"})
    route = aws.update("aws_apigatewayv2_route", route, route_key="POST /v2/events", **routing)
    api = aws.update("aws_apigatewayv2_api", api, name="web2", protocol_type="HTTP", tags={"a": "b"})
    for type_name, state in (
        ("aws_apigatewayv2_stage", stage),
        ("aws_apigatewayv2_route", route),
        ("aws_apigatewayv2_integration", integration),
        ("aws_apigatewayv2_api", api),
    ):
        aws.delete(type_name, state)
        aws.assert_gone(type_name, state)
