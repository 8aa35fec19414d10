"""Usage files: Infracost's format, ours strict, each error with its line."""

from __future__ import annotations

import pytest

from isthmus.core.errors import ConfigurationError
from isthmus.cost.usage import parse

TEXT = """\
version: 0.1
resource_type_default_usage:
  aws_lambda_function:
    monthly_requests: 1_000
    request_duration_ms: 20
  aws_s3_bucket:
    standard:
      storage_gb: 5
      monthly_select_data_scanned_gb: 1
resource_usage:
  module.function["ingest"].aws_lambda_function.this:
    monthly_requests: 7000
  module.function[*].aws_lambda_function.this:
    monthly_requests: 3000
isthmus:
  events: {monthly: 1_000_000, per_frame: 100}
  egress:
    aws_to_gcp_gb: 2.5
  resource_type_default_usage:
    aws_kms_key:
      monthly_requests: 100
"""


def test_the_nearest_usage_counts() -> None:
    usage = parse(TEXT, "u.yml")
    lambda_ = "aws_lambda_function"
    assert usage.of(lambda_, 'module.function["ingest"].aws_lambda_function.this')["monthly_requests"] == 7000
    assert usage.of(lambda_, 'module.function["archive"].aws_lambda_function.this') == {
        "monthly_requests": 3000,
        "request_duration_ms": 20,
    }
    assert usage.of(lambda_, "aws_lambda_function.other")["monthly_requests"] == 1000
    assert usage.of("aws_s3_bucket", "aws_s3_bucket.any") == {"standard.storage_gb": 5}
    assert usage.of("aws_kms_key", "aws_kms_key.any") == {"monthly_requests": 100}


def test_keys_that_are_not_priced_are_told_with_their_line() -> None:
    assert parse(TEXT, "u.yml").ignored == ("u.yml:9 aws_s3_bucket: standard.monthly_select_data_scanned_gb",)


def test_ours_are_read() -> None:
    usage = parse(TEXT, "u.yml")
    assert usage.events == {"monthly": 1_000_000, "per_frame": 100}
    assert usage.shape is None
    assert usage.egress == {"aws_to_gcp_gb": 2.5}


def test_addresses_that_nothing_has_are_told() -> None:
    usage = parse(TEXT, "u.yml")
    assert usage.unmatched(['module.function["bridge"].aws_lambda_function.this']) == [
        'module.function["ingest"].aws_lambda_function.this'
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("version: 0.1", "version: 0.2", 1, "version is 0.2"),
        ("version: 0.1\n", "", 1, "version is missing"),
        ("1_000", "-1\n", 4, "0 or more"),
        ("1_000", "many", 4, "not a number"),
        ("1_000", '"1000"', 4, "not a number"),
        ("1_000", "true", 4, "not a number"),
        ("1_000", ".nan", 4, "not a number"),
        ("1_000", ".inf", 4, "not a number"),
        ("1_000", "[1]", 4, "not a number"),
        ("    standard:\n", "    standard: [\n", 9, "not YAML"),
        ("    request_duration_ms: 20", "    monthly_requests: 2", 5, "twice"),
        ("aws_to_gcp_gb", "aws_to_azure_gb", 18, "no key aws_to_azure_gb"),
        ("events: {monthly", "event: {monthly", 16, "no key event;"),
        ("monthly: 1_000_000", "yearly: 1", 16, "no key yearly"),
        ("      monthly_requests: 100", "      requests: 100", 21, "no usage requests"),
        ("    aws_kms_key:", "    aws_kms_kee:", 21, "no usage monthly_requests"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(old: str, new: str, line: int, says: str) -> None:
    assert TEXT.count(old) >= 1
    with pytest.raises(ConfigurationError, match=says) as caught:
        parse(TEXT.replace(old, new, 1), "u.yml")
    assert caught.value.where == f"u.yml:{line}"


@pytest.mark.parametrize("text", ["", "- a", "version"])
def test_what_is_no_usage_file_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse(text, "u.yml")
    assert caught.value.where == "u.yml:1"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("version: 0.1\nresource_usage:\n  ? [a]\n  : {b: 1}\n", 3, "a name is expected"),
        ("version: 0.1\nresource_usage:\n  aws_sqs_queue.x: &a\n    b: *a\n", 1, "contains itself"),
    ],
)
def test_yaml_that_no_usage_can_be_is_refused(text: str, line: int, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says) as caught:
        parse(text, "u.yml")
    assert caught.value.where == f"u.yml:{line}"


def _bomb(deep: str, wide: str) -> str:
    """A small file that is a huge one once its aliases are followed."""
    lines, before = [f"  aws_a: &a {deep}"], "a"
    for name in "bcdefghijk":
        values = ", ".join(wide.format(number=number, name=before) for number in range(9))
        lines.append(f"  aws_{name}: &{name} {'{' + values + '}' if ':' in wide else '[' + values + ']'}")
        before = name
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (f"version: 0.1\nresource_type_default_usage:\n{_bomb('{x: 1}', 'k{number}: *{name}')}\n", "aliases followed"),
        (
            f"version: 0.1\nother:\n{_bomb('[x]', '*{name}')}\nisthmus: {{events: {{monthly: *k}}}}\n",
            "a sequence, not a",
        ),
        ("version: 0.1\nother: " + "[" * 50_000, "too deep"),
    ],
)
def test_a_bomb_is_refused_at_once(text: str, match: str) -> None:
    """Aliases of aliases of aliases; and brackets without an end."""
    with pytest.raises(ConfigurationError, match=match):
        parse(text, "usage.yml")
