"""Lambda functions, HTTP APIs and canaries."""

from __future__ import annotations

import math
import re

from isthmus.cost.monthly import HOURS
from isthmus.cost.resources.bill import Bill, Kind

DEFAULT_MEMORY_MB = 128
HTTP_CALL_KB = 512

_RATE = re.compile(r"rate\((?P<number>\d+) (?P<unit>minute|hour)s?\)")


def _function(bill: Bill) -> None:
    values = bill.resource.values
    architecture = (values.get("architectures") or ["x86_64"])[0]
    memory_gb = float(values.get("memory_size") or DEFAULT_MEMORY_MB) / 1024
    bill.used(f"aws.lambda.request.{architecture}", "monthly_requests")
    milliseconds = bill.product("monthly_requests", "request_duration_ms")
    seconds = None if milliseconds is None else milliseconds / 1000 * memory_gb
    bill.counted(f"aws.lambda.duration.{architecture}", seconds)
    if bill.resource.block("tracing_config").get("mode") == "Active":
        bill.unknown("X-Ray bills recorded traces; they have no dated price")
    if values.get("publish") and bill.resource.block("snap_start").get("apply_on") == "PublishedVersions":
        bill.unknown("SnapStart's cache and restores are not in the price book")


def _api(bill: Bill) -> None:
    if bill.resource.values.get("protocol_type") != "HTTP":
        bill.unknown("only HTTP APIs are in the price book")
        return
    calls = max(1, math.ceil(bill.usage.get("request_size_kb", 1.0) / HTTP_CALL_KB))
    bill.used("aws.apigateway.http", "monthly_requests", calls)


def _canary(bill: Bill) -> None:
    expression = str(bill.resource.block("schedule").get("expression", ""))
    found = _RATE.fullmatch(expression)
    if found is None or not int(found["number"]):
        bill.unknown(f"how often {expression or 'its schedule'} is can't be told")
        return
    an_hour = (60 if found["unit"] == "minute" else 1) / int(found["number"])
    bill.fixed("aws.canary.run", an_hour * HOURS)
    if "ISTHMUS_PROBE_SECRET" in (bill.resource.block("run_config").get("environment_variables") or {}):
        bill.unknown(
            "reads of the secret are not in the price book, and how often a run lists the archive can't be told"
        )


KINDS = {
    "aws_lambda_function": Kind(_function, ("monthly_requests", "request_duration_ms")),
    "aws_apigatewayv2_api": Kind(_api, ("monthly_requests", "request_size_kb")),
    "aws_synthetics_canary": Kind(_canary),
}

FREE = {
    "aws_apigatewayv2_api_mapping": "part of an API",
    "aws_apigatewayv2_domain_name": "part of an API",
    "aws_apigatewayv2_integration": "part of an API",
    "aws_apigatewayv2_route": "part of an API",
    "aws_apigatewayv2_stage": "part of an API",
    "aws_lambda_event_source_mapping": "its receives and deletes are the queue's requests",
    "aws_lambda_function_event_invoke_config": "part of a function",
    "aws_lambda_permission": "a policy",
    "aws_scheduler_schedule": "14 million calls a month are free",
}

NOT_PRICED: dict[str, str] = {}
