"""The page about analytics says what the queries answer, and the types that columns have."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

from isthmus.archive import catalogue

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_and_the_other_dialects_are_up_to_date() -> None:
    """Otherwise the tool that writes them says so."""
    tool = [sys.executable, str(ROOT / "tools" / "sample_queries.py"), "--check"]
    result = subprocess.run(tool, capture_output=True, text=True, timeout=200)
    assert (result.returncode, result.stdout) == (0, "")


def test_the_types_are_those_of_the_catalogue() -> None:
    """Each row's property has the type that the row says."""
    spec = importlib.util.spec_from_file_location("column_types", ROOT / "tools" / "column_types.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["column_types"] = module
    spec.loader.exec_module(module)
    for one in module.TYPES:
        rule = json.loads("{" + one.schema.replace('" or "', '", "_": "') + "}")
        assert catalogue.sql_type({key: value for key, value in rule.items() if key != "_"}) == one.duckdb
