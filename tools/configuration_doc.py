"""Writes docs/reference/configuration.md: the variables that the code reads, and the settings that Terraform declares.

python tools/configuration_doc.py [--check]
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import sys
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))
sys.path.insert(0, str(Path(__file__).parent))

import generated
from terraform_readme import TERRAFORM, named, text, variables_table

from isthmus.publisher import PublisherConfig

ROOT = TERRAFORM.parent
DOCUMENT = ROOT / "docs" / "reference" / "configuration.md"
COMMON = TERRAFORM / "stacks" / "foundation" / "aws"
"""A stack that takes what all take, and nothing else."""
NAME = re.compile(r"ISTHMUS_[A-Z_]*[A-Z]")

COMMANDS = {
    "ISTHMUS_DEBUG": "Anything: show where an error came from, as `--debug` does.",
    "ISTHMUS_GRACE_SECONDS": "How long Terraform may take to write its state when its runner has died. 20 unless set.",
    "ISTHMUS_PLAN_KEY": "32 bytes in base64 that saved plans are sealed with; needed where they leave the machine.",
    "ISTHMUS_PROJECT_DIR": "The project's folder, where it is neither above the current one nor in the package.",
    "ISTHMUS_PROVIDER": "`rehearsed` or `real`, as `--provider` says.",
    "ISTHMUS_RUN_DIR": "The folder of the run; another is another pair of clouds. `.isthmus/run` unless set.",
    "ISTHMUS_STAGE": "`clouds` makes `plan`, `apply` and `drift` use the real clouds; `local` unless set.",
    "ISTHMUS_TERRAFORM": "A Terraform binary, 1.11 or later, in the place of the library that comes with Isthmus.",
    "ISTHMUS_TRACES": "The folder that spans are written to; the run's own unless set.",
}
"""What a person or CI sets for the command line."""
FUNCTIONS = {
    "ISTHMUS_AWS_REGION": "Where AWS is.",
    "ISTHMUS_AWS_ROLE_ARN": "The role on AWS that Google's functions take on.",
    "ISTHMUS_BUCKET": "The archive's bucket.",
    "ISTHMUS_CLOUD": "`aws` or `gcp`: where the function is.",
    "ISTHMUS_DAY_BYTES": "Bytes of a type's day, as stored, that are too many for the compaction.",
    "ISTHMUS_DLQ": "Where a frame goes that no try will mend.",
    "ISTHMUS_EMAILS": "Who gets the alert function's mail, with commas between.",
    "ISTHMUS_EMAIL_SENDER": "Whom that mail is from.",
    "ISTHMUS_ENVIRONMENT": "The environment, for spans.",
    "ISTHMUS_GCP_PROJECT": "The project on Google Cloud.",
    "ISTHMUS_GCP_SERVICE_ACCOUNT": "The service account on Google that functions on AWS take on; not the ledger.",
    "ISTHMUS_HANDLER": "The handler that a function of the role `handler` runs.",
    "ISTHMUS_LIMIT_SECONDS": "What the ledger or the compaction has not done after so many seconds it gives up.",
    "ISTHMUS_LOOKBACK_DAYS": "Days before today that the compaction writes, too.",
    "ISTHMUS_OIDC_CERTS_URL": "Where the keys of Google's tokens are; Google's own unless set.",
    "ISTHMUS_OTHER_BUCKET": "The other cloud's archive, which the ledger compares.",
    "ISTHMUS_PROBE_BUCKET": "The archive that the canary looks into.",
    "ISTHMUS_PROBE_INGEST": "The ingest that the canary sends to.",
    "ISTHMUS_PROBE_SECONDS": "How long the canary waits for its event.",
    "ISTHMUS_PROBE_SECRET": "The secret that holds the canary's key.",
    "ISTHMUS_PROBE_URL": "What the canary asks whether it is ready.",
    "ISTHMUS_PUBSUB_TOPIC": "The topic on Google Cloud.",
    "ISTHMUS_PUSH_AUDIENCE": "The audience that a push's token must have.",
    "ISTHMUS_PUSH_SERVICE_ACCOUNT": "Whose token a push must bring.",
    "ISTHMUS_ROLE": "`alert`, `archive`, `bridge`, `compact`, `handler`, `ingest` or `ledger`: what the function does.",
    "ISTHMUS_SENDERS": "Who may send: the variable `senders` of the environment as JSON.",
    "ISTHMUS_SLACK_SECRET": "The secret that holds the Slack webhook, on AWS.",
    "ISTHMUS_SLACK_WEBHOOK": "The Slack webhook itself, which Cloud Run takes from the secret.",
    "ISTHMUS_SMTP_PASSWORD": "The mail server's password.",
    "ISTHMUS_SMTP_URL": "A mail server, `smtp://` or `smtps://`, in the place of SES.",
    "ISTHMUS_SNS_TOPIC_ARN": "The topic on AWS.",
    "ISTHMUS_WINDOW_HOURS": "How many of the last hours the ledger compares.",
    "ISTHMUS_WORKLOAD_IDENTITY_PROVIDER": "What exchanges AWS's identity for Google's.",
}
"""What Terraform sets for what is deployed."""
OWN = {
    "ISTHMUS_LOCAL": "The code runs on a laptop: it speaks to loopback only.",
    "ISTHMUS_PART": "Which part of a run a process is.",
    "ISTHMUS_PART_OF": "Which run it belongs to.",
    "ISTHMUS_PROXY_CONFIG": "The links of the fault proxies.",
}
"""What Isthmus sets for its own processes; nobody else should."""
OTHERS = {
    "CI": "Set, as CI does: a linter that is missing is an error.",
    "NO_COLOR": "Terraform without colours.",
    "OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "Where to; the first without `/v1/traces`.",
    "OTEL_EXPORTER_OTLP_HEADERS, OTEL_EXPORTER_OTLP_TRACES_HEADERS": "`name=value,…` of each request with spans.",
    "OTEL_SDK_DISABLED, OTEL_TRACES_EXPORTER": "`true`, and `none`: nothing is recorded.",
    "OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES": "What the spans are of.",
    "OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG": "Which traces are recorded; all unless set.",
    "PORT": "Where the Cloud Run app listens; 8080 unless set.",
    "XDG_STATE_HOME": "Where runs of an installed package are; `~/.local/state` unless set.",
}
"""What others have named, and Isthmus follows."""
FILES = (
    ("terraform/environments/<environment>.tfvars", "all settings of an environment", "`isthmus check`"),
    ("terraform/environments/<environment>.{s3,gcs}.tfbackend", "where its states are", "`terraform init`"),
    ("terraform/environments/costs.yml", "its usage file, and its limits", "`isthmus check --step cost`"),
    ("terraform/environments/costs.json", "what it costs: written by `isthmus cost --write-budgets`", "the same"),
    ("terraform/slo.yaml", "objectives, and when they tell", "`isthmus slo`"),
    ("terraform/handlers/<name>.yaml", "a consumer of your own", "a plan of `platform`"),
    ("catalog/<type>.schema.json", "the schema of an event type", "`isthmus catalog check`"),
    ("usage/<name>.yml", "traffic that prices are reckoned with, in Infracost's format", "`isthmus cost`"),
    ("policy/waivers.yaml", "exceptions to the policies: owner, reason, end", "`isthmus check --step policy`"),
    ("gamedays/<name>.yaml", "a scenario", "`isthmus gameday list`"),
)  # fmt: skip
HEAD = """# Configuration

Written by `python tools/configuration_doc.py` from the code and the Terraform.

An environment is one file, `terraform/environments/<environment>.tfvars`. The command line needs no configuration. A
function gets its settings from Terraform as variables.

## Files

"""


def render() -> str:
    """The page."""
    files = [(_linked(path), says, checked) for path, says, checked in FILES]
    parts = [HEAD.rstrip("\n") + "\n", *_table(("file", "what", "checked by"), files)]
    parts += ["## Environments\n", _ENVIRONMENTS, variables_table(COMMON)]
    parts += ["Only for some stacks, since the build knows it and not the environment:\n", *_inputs()]
    parts += ["## Variables of the command line\n", *_variables(COMMANDS)]
    parts += ["## Variables of the functions\n", "Terraform sets them.\n", *_variables(FUNCTIONS)]
    parts += ["## Variables that others have named\n", *_table(("variable", "what"), _rows(OTHERS))]
    parts += ["## Variables of its own processes\n", "Isthmus sets them; nobody else should.\n", *_variables(OWN)]
    return "\n".join([*parts, "## The publisher\n", _PUBLISHER, *_publisher()])


_ENVIRONMENTS = """What each cost profile sets, and which features it switches on:
[environments](../../terraform/environments/README.md). A setting that is wrong is refused before anything is planned,
with what is allowed. `senders` is no part of the file: it comes from where the senders are kept, as `TF_VAR_senders`.
"""
_PUBLISHER = """`isthmus.publisher.PublisherConfig`; a value that can't be is a `ConfigurationError` when it is made.
"""


def _linked(path: str) -> str:
    return f"`{path}`" if "<" in path else f"[`{path}`](../../{path})"


def _inputs() -> list[str]:
    common = named(COMMON, "variable")
    rows = [
        (f"`{name}`", "/".join(folder.parts[-2:]), text(body["description"]))
        for folder in sorted((TERRAFORM / "stacks").glob("*/*"))
        for name, body in named(folder, "variable").items()
        if name not in common
    ]
    return _table(("variable", "stack", "what it is"), rows)


def _variables(declared: dict[str, str]) -> list[str]:
    return _table(("variable", "what"), _rows(declared))


def _rows(declared: dict[str, str]) -> list[tuple[str, ...]]:
    return [(", ".join(f"`{name}`" for name in names.split(", ")), says) for names, says in sorted(declared.items())]


def _publisher() -> list[str]:
    """Each field with its default, as its docstring says."""
    told = inspect.getdoc(PublisherConfig) or ""
    fields = []
    for field in dataclasses.fields(PublisherConfig):
        found = re.search(rf"^    {field.name}: (.*?)(?=^    \w+: |\Z)", told, re.DOTALL | re.MULTILINE)
        required = field.default is dataclasses.MISSING
        default = "required" if required else "" if callable(field.default) else f"`{field.default!r}`"
        fields.append((f"`{field.name}`", default, " ".join(found[1].split()) if found else ""))
    return _table(("setting", "default", "what it is"), fields)


def read_by_code() -> set[str]:
    """Every variable of ours that a text in the code names."""
    names: set[str] = set()
    for path in sorted((ROOT / "src" / "isthmus").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.fullmatch(node.value):
                names.add(node.value)
    return names


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [head, ("---",) * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |" for cells in lines] + [""]


def main(arguments: list[str]) -> int:
    """Writes the page, or checks it; returns the exit code."""
    return generated.write(DOCUMENT, render(), arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
