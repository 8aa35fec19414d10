"""DNS failover over the local clouds: status, drain and restore with traffic counted, and the drill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import dns.resolver
import pytest

from isthmus.local.control.client import ControlClient
from isthmus.local.dns.wanted import DOMAIN
from isthmus.local.ports import DNS_PORTS
from isthmus.local.rundir import RunDirectory
from isthmus.local.state import look

from .conftest import Isthmus
from .waiting import until

ROOT = Path(__file__).resolve().parents[2]


def test_status_shows_both_providers_probing_the_real_ingests(run: RunDirectory, isthmus: Isthmus) -> None:
    assert until(lambda: isthmus("failover", "status").returncode == 0, 120), isthmus("failover", "status").stderr
    found = json.loads(isthmus("failover", "status", "--json").stdout)
    for authority in found["authorities"].values():
        assert {found["clouds"][end["address"]] for end in authority["endpoints"]} == {"aws", "gcp"}
        assert all(end["url"].endswith("/readyz") for end in authority["endpoints"])
        assert set(authority["answer"]["addresses"]) <= set(found["clouds"])


def test_a_drained_cloud_gets_no_request_and_its_plan_is_clean(run: RunDirectory, isthmus: Isthmus) -> None:
    drained = isthmus("failover", "drain", "aws", "--json")
    assert drained.returncode == 0, drained.stderr
    assert json.loads(drained.stdout)["counted"] == {"aws": 0, "gcp": 40}
    again = isthmus("failover", "drain", "gcp")
    assert (again.returncode, "the only cloud with a weight" in again.stderr) == (1, True)
    plan = isthmus("tf", "dev", "edge/gcp", "plan", "-detailed-exitcode")
    assert plan.returncode == 0, plan.stdout
    restored = isthmus("failover", "restore", "--json")
    assert restored.returncode == 0, restored.stderr
    assert json.loads(restored.stdout)["weights"] == {"aws": 50, "gcp": 50}


@pytest.mark.parametrize(("cloud", "how"), [("gcp", "refuse"), ("aws", "hang")])
def test_the_drill_measures_what_the_calculator_says(isthmus: Isthmus, cloud: str, how: str) -> None:
    done = isthmus("failover", "drill", cloud, "--how", how, "--speed", "10", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    for verdict in json.loads(done.stdout)["verdicts"]:
        assert 0.9 <= verdict["ratio"] <= 1.1


def test_an_interrupted_drill_heals(run: RunDirectory) -> None:
    drill = subprocess.Popen(
        [sys.executable, "-m", "isthmus.cli", "failover", "drill", "aws"],
        env={**os.environ, "ISTHMUS_RUN_DIR": str(run.root)},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert until(lambda: bool(look(run).broken), 90)
    drill.send_signal(signal.SIGTERM)
    _, said = drill.communicate(timeout=30)
    assert (drill.returncode, b"Traceback" in said) == (130, False), said
    assert look(run).broken == {}
    assert until(lambda: ControlClient(run).call("GET", "/dns/status")["speed"] == 1, 10)


def test_an_authority_that_is_out_leaves_the_other(run: RunDirectory) -> None:
    ports = run.read().ports
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.lifetime = ["127.0.0.1"], 2
    control = ControlClient(run)
    control.call("POST", "/dns/outage", {"cloud": "aws", "how": "servfail"})
    try:
        answered = []
        for cloud, name in DNS_PORTS.items():
            resolver.port = ports[name]
            try:
                resolver.resolve(DOMAIN)
                answered.append(cloud)
            except dns.resolver.NoNameservers:
                continue
        assert answered == ["gcp"]
    finally:
        assert control.call("POST", "/dns/outage", {"cloud": "aws", "how": ""}) == {"aws": "", "gcp": ""}
