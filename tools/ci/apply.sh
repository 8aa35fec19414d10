#!/usr/bin/env bash
# Applies exactly the plans that this run's plan job sealed; GitHub's environment has asked its reviewers by now.
#   tools/ci/apply.sh FOLDER "DIGEST …"
set -euo pipefail
folder=$1 digests=$2
base64 -d < "$folder/key" > "$folder/key.bin"
ISTHMUS_PLAN_KEY=$(aws kms decrypt --ciphertext-blob "fileb://$folder/key.bin" --query Plaintext --output text)
echo "::add-mask::$ISTHMUS_PLAN_KEY"
export ISTHMUS_PLAN_KEY
approver=$(gh api "repos/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID/approvals" --jq '.[-1].user.login // empty')
for digest in $digests; do
  isthmus approve "$digest" --from "$folder" --by "${approver:-$GITHUB_ACTOR}" --hours 2
  isthmus apply --approved "$digest"
done
