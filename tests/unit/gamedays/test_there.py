"""What a scenario is on the real clouds: a script that can be read, is whole shell, and needs an approval in prod."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from isthmus.change.vault import Vault
from isthmus.core.errors import ConfigurationError, Refused
from isthmus.gamedays import faults, permission, scenario, script
from isthmus.gamedays.there import Place, on_real_clouds
from isthmus.local.project import project_root

ROOT = project_root()
PLACE = Place.of(ROOT, "prod")
NOW = datetime(2026, 11, 26, tzinfo=UTC)


def desk(tmp_path: Path, now: datetime = NOW) -> Any:
    """What an approval needs of a desk."""
    return SimpleNamespace(root=ROOT, vault=Vault(tmp_path / "changes"), time=now)


@pytest.mark.parametrize("name", scenario.names(ROOT))
def test_every_scenario_is_a_whole_script(name: str) -> None:
    text = script.script(scenario.find(ROOT, name), PLACE)
    checked = subprocess.run(
        [str(Path(sys.executable).with_name("shellcheck")), "-s", "sh", "-"], input=text, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout
    assert "trap rollback EXIT" in text


def test_every_kind_of_fault_is_known_there() -> None:
    samples = {
        faults.Outage: ("aws",),
        faults.BadLink: ("aws.broker", "delay=2s"),
        faults.Freeze: ("gcp",),
        faults.Pause: ("gcp",),
        faults.Poison: ("gcp",),
        faults.ExpiredCredentials: ("ingest",),
        faults.Skew: (60,),
        faults.DnsOutage: ("aws",),
    }
    for kind in faults.KINDS.values():
        there = on_real_clouds(kind(*samples.get(kind, ())), PLACE, 1)
        assert there.begin or there.note
        assert len(there.end) <= len(there.begin)


@pytest.mark.parametrize("fault", [faults.Outage("aws"), faults.BadLink("aws.broker", "delay=2s")], ids=str)
def test_the_experiment_of_fis_has_the_shape_that_aws_takes(fault: faults.Fault) -> None:
    """By the SDK's own model of the service."""
    (line,) = [one for one in on_real_clouds(fault, PLACE, 1).begin if "create-experiment-template" in one]
    body = json.loads(re.search(r"^\{.*\}$", line, re.MULTILINE)[0])
    shape = botocore.session.get_session().get_service_model("fis").operation_model("CreateExperimentTemplate")
    body["roleArn"] = "arn:aws:iam::123456789012:role/fis"
    report = ParamValidator().validate({**body, "clientToken": "x"}, shape.input_shape)
    assert not report.has_errors(), report.generate_report()
    assert body["targets"]["functions"]["resourceArns"] == [
        "arn:aws:lambda:us-east-1:$ACCOUNT:function:isthmus-prod-ingest"
    ]


def test_a_script_heals_what_it_broke_also_when_it_is_ended(tmp_path: Path) -> None:
    """The command lines are stand-ins that write down what they are asked."""
    asked = tmp_path / "asked"
    for name in ("aws", "gcloud"):
        tool = tmp_path / name
        tool.write_text(f'#!/bin/sh\necho "{name} $*" >> {asked}\necho value\n')
        tool.chmod(0o755)
    text = script.script(scenario.find(ROOT, "key-disabled"), PLACE).replace("sleep 4", ":")
    process = subprocess.Popen(
        ["/bin/sh", "-c", text], env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}, start_new_session=True
    )
    deadline = time.monotonic() + 10
    while "disable" not in (asked.read_text() if asked.exists() else "") and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, 15)
    assert process.wait(10) == 130
    lines = asked.read_text().splitlines()
    assert "versions disable value --key=storage" in lines[-2]
    assert "versions enable value --key=storage" in lines[-1]


def test_prod_needs_an_approval_of_this_very_script(tmp_path: Path) -> None:
    found = scenario.find(ROOT, "aws-outage")
    text = script.script(found, PLACE)
    with pytest.raises(Refused, match="needs an approval"):
        permission.require(desk(tmp_path), text, "prod", "")
    with pytest.raises(Refused, match="nobody gave one"):
        permission.require(desk(tmp_path), text, "prod", script.digest(text))
    given = permission.approve(desk(tmp_path), found, "prod", "somebody", 2)
    assert given.digest == script.digest(text)
    permission.require(desk(tmp_path), text, "prod", given.digest)
    with pytest.raises(Refused, match="another script"):
        permission.require(desk(tmp_path), text + "echo more\n", "prod", given.digest)
    with pytest.raises(Refused, match="ended at"):
        permission.require(desk(tmp_path, NOW + timedelta(hours=3)), text, "prod", given.digest)


def test_other_environments_need_none(tmp_path: Path) -> None:
    permission.require(desk(tmp_path), "echo", "staging", "")


def test_an_approval_has_an_end(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="holds for 1000 hours"):
        permission.approve(desk(tmp_path), scenario.find(ROOT, "aws-outage"), "prod", "somebody", 1000)


def test_an_environment_that_is_not_there_is_told() -> None:
    with pytest.raises(ConfigurationError, match="no environment “moon”") as refused:
        Place.of(ROOT, "moon")
    assert "prod" in refused.value.fix


def test_a_changed_scenario_has_another_digest() -> None:
    found = scenario.find(ROOT, "aws-outage")
    other = dataclasses.replace(found, title="Another")
    assert script.digest(script.script(found, PLACE)) != script.digest(script.script(other, PLACE))
