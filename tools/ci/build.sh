#!/usr/bin/env bash
# Builds what a release has: the wheel, and the list of what it is made of.
#   tools/ci/build.sh FOLDER
set -euo pipefail
folder=$1
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir "$folder" .
python tools/sbom.py "$folder"/*.whl > "$folder/sbom.cdx.json"
