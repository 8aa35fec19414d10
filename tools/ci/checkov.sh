#!/usr/bin/env bash
# What another scanner says of the Terraform: checkov, pinned with all that it needs, in an environment of its own.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=${RUNNER_TEMP:-/tmp}/checkov
python -m venv "$folder"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/checkov.txt
# CKV2_AWS_23 wants a record's addresses to be a resource of the same module: ours are both clouds', given by the environment.
"$folder/bin/checkov" --directory terraform --framework terraform --compact --quiet --skip-download --skip-check CKV2_AWS_23
