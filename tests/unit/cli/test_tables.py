"""Tables: whole in a terminal of any width, one line a row in a pipe."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from isthmus.cli.output import print_table
from isthmus.cli.tables import print_rich

FRAME = "01936f0e-7c1a-7bbb-9d53-3f6a0c1d2e4f"
REASON = "the frame is not gzip: an error while decompressing data: incorrect header check"


def printed(columns: tuple[str, ...], rows: list[tuple[object, ...]], width: int, title: str = "") -> str:
    out = io.StringIO()
    print_rich(columns, rows, title, Console(file=out, width=width, force_terminal=False))
    return out.getvalue()


@pytest.mark.parametrize("width", [200, 100, 80, 40])
def test_nothing_is_cut_off_however_narrow_the_terminal(width: int) -> None:
    out = printed(("frame", "reason"), [(FRAME, REASON)], width)
    assert "…" not in out
    assert all(len(line) <= width for line in out.splitlines())
    if width >= 80:
        assert FRAME in out
    assert all(word in out for word in REASON.split())


def test_what_is_too_wide_for_a_table_is_printed_row_by_row() -> None:
    columns = tuple(f"column{i}" for i in range(12))
    out = printed(columns, [tuple(f"value {i}" for i in range(12))] * 2, 80, "a title")
    assert "row 2" in out and "a title" in out
    assert [line.split() for line in out.splitlines() if "column7" in line] == [["column7", "value", "7"]] * 2


def test_numbers_are_aligned_at_the_right_and_text_at_the_left(capsys: pytest.CaptureFixture[str]) -> None:
    rows: list[tuple[object, ...]] = [("a", 5), ("bbbb", None), ("c", 1200)]
    assert "│ a    │    5 │" in printed(("name", "n"), rows, 80)
    print_table(("name", "n"), rows)
    assert capsys.readouterr().out == "name     n\na        5\nbbbb\nc     1200\n"


def test_a_row_is_one_line_in_a_pipe_and_a_long_cell_widens_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("a", "b"), [("x" * 500, "1\n2"), (["aws", "gcp"], {"k": [True, None]}), (True, "\x1b[31m")])
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:] == [f"{'x' * 500}  1\\n2", 'aws, gcp  {"k": [true, null]}', "true      \\x1b[31m"]


def test_no_cell_can_steer_the_terminal() -> None:
    assert "\x1b" not in printed(("a",), [("\x1b[31mred",)], 80)
