"""The sample flights in archives, compacted; the tables that Terraform plans; the sample queries."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from isthmus.adapters.memory import MemoryBucket
from isthmus.archive.compact import compact
from isthmus.change import plans
from isthmus.change.plans import Target
from isthmus.local import packages
from isthmus.local.stacks import build_variables

ROOT = Path(__file__).resolve().parents[3]
FLIGHTS = 6000


@pytest.fixture(scope="session")
def tool() -> ModuleType:
    """The tool that writes the sample queries."""
    spec = importlib.util.spec_from_file_location("sample_queries", ROOT / "tools" / "sample_queries.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["sample_queries"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def archives(tool: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> tuple[MemoryBucket, MemoryBucket]:
    """Two archives with flights, compacted."""
    buckets: tuple[MemoryBucket, MemoryBucket] = tool.sample(FLIGHTS)
    done = compact(buckets, tmp_path_factory.mktemp("compact"), catalog=ROOT / "catalog")
    assert (done.problems, len(done.written)) == ([], 1)
    return buckets


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """What Terraform plans for analytics on both clouds, by type of resource."""
    packages.ensure()
    targets = [Target("dev", f"platform/{cloud}") for cloud in ("aws", "gcp")]
    variables = {**build_variables(), "features": json.dumps({"analytics": True})}
    found: dict[str, list[dict[str, Any]]] = {}
    for one in plans.plan_all(ROOT, targets, variables, tmp_path_factory.mktemp("plans")):
        assert [problem for problem in one.problems if problem.level == "error"] == []
        for change in one.plan["resource_changes"]:
            if "module.analytics." in change["address"]:
                found.setdefault(change["type"], []).append(change["change"]["after"])
    return found
