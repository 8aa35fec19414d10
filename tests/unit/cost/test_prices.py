"""The price book: no price without unit, region, source and date."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus.core.errors import ConfigurationError
from isthmus.cost.prices import COLUMNS, load, parse, tiered_usd

GOOD = {
    "id": "aws.sns.publish",
    "cloud": "aws",
    "service": "sns",
    "item": "API requests",
    "unit": "request",
    "per": "1000000",
    "from": "0",
    "region": "us-east-1",
    "price_usd": "0.50",
    "free": "",
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


@pytest.mark.parametrize("name", [name for name in COLUMNS if not name.startswith("free")])
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
        ("free", "-1"),
        ("free", "1M"),
        ("from", "-1"),
        ("from", "some"),
    ],
)
def test_a_value_that_cannot_be_is_refused(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=r"prices\.csv:2"):
        parse(book({**GOOD, name: value}), "prices.csv")


def test_the_same_price_twice_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="two prices"):
        parse(book(GOOD, {**GOOD, "price_usd": "1"}), "prices.csv")


def test_a_price_begins_at_nothing() -> None:
    with pytest.raises(ConfigurationError, match="from 0 on"):
        parse(book({**GOOD, "from": "5"}), "prices.csv")


TIERS = parse(book(GOOD, {**GOOD, "from": "10000000", "price_usd": "0.25"}), "prices.csv")


def test_each_tier_is_paid_at_its_own_price() -> None:
    tiers = TIERS.tiers("aws.sns.publish", "us-east-1")
    assert tiered_usd(tiers, 0) == 0
    assert tiered_usd(tiers, 10_000_000) == pytest.approx(5.0)
    assert tiered_usd(tiers, 14_000_000) == pytest.approx(6.0)


@given(st.floats(0, 1e12), st.floats(0, 1e6))
def test_more_never_costs_less_and_a_little_more_costs_a_little_more(quantity: float, more: float) -> None:
    tiers = TIERS.tiers("aws.sns.publish", "us-east-1")
    dearer = tiered_usd(tiers, quantity + more) - tiered_usd(tiers, quantity)
    assert -1e-6 <= dearer <= tiers[0].cost_usd(more) + 1e-6


@pytest.mark.parametrize(
    "text", ["", "id,price\n", book(GOOD) + "a,b\n", book(GOOD) + "x," * 20 + "\n", book(GOOD) + '"open']
)
def test_what_is_no_price_book_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        parse(text, "prices.csv")
