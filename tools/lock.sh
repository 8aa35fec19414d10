#!/bin/sh
# Writes requirements/*.txt anew: every package pinned, with hashes, and no host of an index. Needs `uv` on the PATH.
set -eu
cd "$(dirname "$0")/../requirements"
options="--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet"
# shellcheck disable=SC2086 # the options are words
uv pip compile $options "$@" dev.in -o dev.txt
# shellcheck disable=SC2086
uv pip compile $options functions.in --constraint dev.txt -o functions.txt
# shellcheck disable=SC2086
uv pip compile $options release.in -o release.txt
# shellcheck disable=SC2086
uv pip compile $options checkov.in -o checkov.txt
