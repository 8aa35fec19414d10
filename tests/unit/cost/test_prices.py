"""The price book: no price without unit, region, source and date."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from isthmus.core.errors import ConfigurationError
from isthmus.cost.prices import COLUMNS, load, parse

GOOD = {
    "id": "aws.sns.publish",
    "cloud": "aws",
    "service": "sns",
    "item": "API requests",
    "unit": "request",
    "per": "1000000",
    "region": "us-east-1",
    "price_usd": "0.50",
    "free_tier": "",
    "source": "a page",
    "date": "2026-09",
    "confidence": "medium",
}


def book(*rows: dict[str, str]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def test_the_packages_own_price_book_is_whole() -> None:
    prices = list(load())
    assert len(prices) == len(load()) >= 30
    assert all(price.unit and price.region and price.source and price.date for price in prices)
    assert {price.service for price in prices} >= {
        "sns", "sqs", "lambda", "apigateway", "s3", "kms", "cloudwatch", "data_transfer",
        "pubsub", "cloud_run", "gcs", "cloud_kms", "cloud_logging", "vpc",
    }  # fmt: skip


def test_a_price_is_for_a_number_of_units() -> None:
    price = parse(book(GOOD), "prices").find("aws.sns.publish", "us-east-1")
    assert price is not None
    assert price.price_usd == Decimal("0.50")
    assert price.cost_usd(2_000_000) == pytest.approx(1.0)


def test_a_price_that_holds_everywhere_stands_in_for_a_region_without_its_own() -> None:
    found = parse(book(GOOD, {**GOOD, "region": "any", "price_usd": "9"}), "prices")
    assert found.find("aws.sns.publish", "eu-west-1") == found.find("aws.sns.publish", "any")
    assert found.find("aws.sns.publish", "us-east-1") != found.find("aws.sns.publish", "any")
    assert found.find("aws.nothing", "us-east-1") is None


@pytest.mark.parametrize("name", [name for name in COLUMNS if name != "free_tier"])
def test_a_row_that_lacks_something_is_refused_with_its_line(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"has no {name}") as caught:
        parse(book({**GOOD, "id": "other"}, {**GOOD, name: " "}), "prices.csv")
    assert caught.value.where == "prices.csv:3"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("date", "yesterday"),
        ("date", "2026-13"),
        ("date", "26-01-01"),
        ("confidence", "certain"),
        ("cloud", "azure"),
        ("price_usd", "0.01 / 0.02"),
        ("price_usd", "-1"),
        ("price_usd", "NaN"),
        ("price_usd", "Infinity"),
        ("per", "0"),
        ("per", "1k"),
        ("per", "1.5"),
    ],
)
def test_a_value_that_cannot_be_is_refused(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=r"prices\.csv:2"):
        parse(book({**GOOD, name: value}), "prices.csv")


def test_the_same_price_twice_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="two prices"):
        parse(book(GOOD, {**GOOD, "price_usd": "1"}), "prices.csv")


@pytest.mark.parametrize(
    "text", ["", "id,price\n", book(GOOD) + "a,b\n", book(GOOD) + "x," * 20 + "\n", book(GOOD) + '"open']
)
def test_what_is_no_price_book_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        parse(text, "prices.csv")
