"""Says which list prices were read so long ago that somebody should look at them again; exits 1 when there are any.

    python tools/price_age.py --days 1000

A date without a day or a month counts from its end: a price "of 2025" held until the end of 2025.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from isthmus.cost import prices
from isthmus.cost.prices import Price

DAYS = 1000
"""Three years less a quarter: list prices of these services change less often than once in that time. Ours."""


def held(text: str) -> date:
    """The last day that a date of the price book may mean: a year, a month or a day."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 3:
        return date(*parts)
    year, month = parts[0], parts[1] if len(parts) == 2 else 12
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def old(book: Iterable[Price], today: date, days: int) -> list[tuple[int, Price]]:
    """The prices that are older, oldest first, each with its age in days."""
    aged = [((today - held(price.date)).days, price) for price in book]
    return sorted(((age, price) for age, price in aged if age > days), key=lambda each: (-each[0], each[1].id))


def main(arguments: list[str] | None = None) -> int:
    """Prints them; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=DAYS, help=f"how old a price may be; {DAYS} unless told")
    options = parser.parse_args(arguments)
    found = old(prices.load(), datetime.now(UTC).date(), options.days)
    for age, price in found:
        print(f"{price.id} ({price.region}): {age} days, of {price.date}, from {price.source}")
    print(f"{len(found)} prices are older than {options.days} days")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
