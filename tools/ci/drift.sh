#!/usr/bin/env bash
# Looks for drift in every layer of an environment on both clouds; ends with 2 where there is some, 1 where it can't tell.
#   tools/ci/drift.sh ENVIRONMENT FILE
set -euo pipefail
environment=$1 file=$2
stacks=()
for layer in foundation platform edge; do
  stacks+=(--stack "$layer/aws" --stack "$layer/gcp")
done
isthmus drift --env "$environment" "${stacks[@]}" --markdown "$GITHUB_STEP_SUMMARY" --json > "$file"
