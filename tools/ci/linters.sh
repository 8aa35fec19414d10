#!/usr/bin/env bash
# The linters that no Python package brings, beside the project's Python. Go's checksum database vouches for each version.
set -euo pipefail
cd "$(dirname "$0")/../.."
GOBIN="$PWD/.venv/bin"
export GOBIN
go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
go install github.com/terraform-linters/tflint@v0.64.0
go install github.com/open-policy-agent/regal@v0.42.0
go install github.com/open-policy-agent/opa@v1.22.2
go install github.com/open-policy-agent/conftest@v0.71.1
