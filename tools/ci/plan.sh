#!/usr/bin/env bash
# Plans a layer of an environment on both clouds, and seals the plans for the job that applies them.
#   tools/ci/plan.sh ENVIRONMENT LAYER FOLDER
# The key is made by KMS for this run; beside the plans lies only what KMS needs to give it back.
set -euo pipefail
environment=$1 layer=$2 folder=$3
prefix=$(sed -n 's/^prefix *= *"\(.*\)"$/\1/p' "terraform/environments/$environment.tfvars")
mkdir -p "$folder"
made=$(aws kms generate-data-key --key-id "alias/$prefix-state" --key-spec AES_256 --output json)
ISTHMUS_PLAN_KEY=$(jq -r .Plaintext <<< "$made")
echo "::add-mask::$ISTHMUS_PLAN_KEY"
export ISTHMUS_PLAN_KEY
jq -r .CiphertextBlob <<< "$made" > "$folder/key"
isthmus plan --env "$environment" --stack "$layer/aws" --stack "$layer/gcp" --out "$folder" --json > "$folder/plans.json" ||
  failed=$?
jq -r '.plans[] | "- **\(.target.environment) \(.target.stack)**: " +
  (if .change then "+\(.change.add) ~\(.change.change) -\(.change.remove)" else "failed" end) +
  (if .digest != "" then ", digest `\(.digest)`" else "" end),
  (.facts.resources[]? | if .action == "destroy" or .action == "replace"
    then "  - ⚠️ **\(.action)** `\(.address)`\(if .because != "" then " because of \(.because)" else "" end)"
    else "  - \(.action) `\(.address)`" end),
  (.problems[] | "  - \(.level): \(.message)")' "$folder/plans.json" >> "$GITHUB_STEP_SUMMARY"
exit "${failed:-0}"
