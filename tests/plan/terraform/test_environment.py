"""The functions get from Terraform what they read: no variable missing, none that nobody reads."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

from isthmus.functions.settings import Settings

OTHER_CLOUD = {"aws": "local.google", "gcp": "local.aws"}
NAME = re.compile(r"ISTHMUS_\w+")


def _variables(terraform: Path, reader: ModuleType, cloud: str, role: str) -> set[str]:
    """Names of the environment variables of a function, as the stack and the module give them."""
    stack = terraform / "stacks" / "platform" / cloud
    local = reader.locals_of(stack)
    roles = {reader.text(name): body for name, body in local["functions"].items()}
    parts = [str(roles[role]), str(reader.named(stack, "module")["function"]["environment_variables"])]
    if OTHER_CLOUD[cloud] in parts[0]:
        parts.append(str(local[OTHER_CLOUD[cloud].removeprefix("local.")]))
    parts.append((terraform / "modules" / cloud / "function" / "main.tf").read_text())
    return {name for part in parts for name in NAME.findall(part)}


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
@pytest.mark.parametrize("role", ["archive", "bridge", "ingest"])
def test_a_function_starts_with_what_terraform_gives(
    terraform: Path, reader: ModuleType, cloud: str, role: str
) -> None:
    """Settings finds every variable that the role needs."""
    values = dict.fromkeys(_variables(terraform, reader, cloud, role), "given")
    settings = Settings.from_environment(values | {"ISTHMUS_CLOUD": cloud, "ISTHMUS_ROLE": role})
    assert (settings.cloud, settings.role) == (cloud, role)


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_who_publishes_to_the_other_cloud_knows_its_identity_there(
    terraform: Path, reader: ModuleType, cloud: str
) -> None:
    """Ingest and bridge can take on the other cloud's identity without a key; archive has no business there."""
    keyless = {
        "aws": {"ISTHMUS_GCP_SERVICE_ACCOUNT", "ISTHMUS_WORKLOAD_IDENTITY_PROVIDER"},
        "gcp": {"ISTHMUS_AWS_ROLE_ARN"},
    }[cloud]
    assert keyless <= _variables(terraform, reader, cloud, "ingest")
    assert keyless <= _variables(terraform, reader, cloud, "bridge")
    assert not keyless & _variables(terraform, reader, cloud, "archive")


def test_names_derived_for_the_other_cloud_are_the_names_there(terraform: Path) -> None:
    """What one stack derives and what the other makes is the same text: role, account, pool, provider, topic."""
    stacks, modules = terraform / "stacks" / "platform", terraform / "modules"
    aws, gcp = ((stacks / cloud / "functions.tf").read_text() for cloud in ("aws", "gcp"))
    assert ":role/${var.prefix}-google" in gcp
    assert '"${var.prefix}-google"' in (modules / "aws" / "identity" / "main.tf").read_text()
    identity = (modules / "gcp" / "identity" / "main.tf").read_text()
    assert "workloadIdentityPools/${var.prefix}-aws/providers/lambda" in aws
    assert re.search(r'workload_identity_pool_id\s*= "\$\{var.prefix\}-aws"', identity)
    assert re.search(r'workload_identity_pool_provider_id\s*= "lambda"', identity)
    assert '"${var.prefix}-aws@${var.google.project}.iam.gserviceaccount.com"' in aws
    assert re.search(r'account_id\s*= "\$\{var.prefix\}-aws"', identity)
    for text in (aws, gcp):
        assert "${var.prefix}-events" in text


def test_the_audience_is_the_one_that_the_code_asks_for(terraform: Path) -> None:
    """The role's trust and the token's request name the same audience."""
    from isthmus.adapters.aws.session import AUDIENCE

    assert f'values   = ["{AUDIENCE}"]' in (terraform / "modules" / "aws" / "identity" / "main.tf").read_text()
