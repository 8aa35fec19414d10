#!/usr/bin/env bash
# Builds the image of the Cloud Run services, pushes it, and tells its name by digest.
#   TOKEN=… tools/ci/image.sh REGION-docker.pkg.dev/PROJECT/isthmus
set -euo pipefail
registry=$1
if [[ ! $registry =~ ^[a-z0-9-]+-docker\.pkg\.dev/[a-z0-9.:-]+/[a-z0-9-]+$ ]]; then
  echo "IMAGES is '$registry'; write it as REGION-docker.pkg.dev/PROJECT/REPOSITORY" >&2
  exit 1
fi
docker login --username oauth2accesstoken --password-stdin "https://${registry%%/*}" <<< "$TOKEN"
# One manifest for Cloud Run's architecture: what is named by the digest is the image, and no list of images.
docker buildx build --pull --push --platform linux/amd64 --provenance=false \
  --label "org.opencontainers.image.revision=$GITHUB_SHA" \
  --tag "$registry/functions:$GITHUB_SHA" --metadata-file "$RUNNER_TEMP/image.json" .
digest=$(jq -er '."containerimage.digest" | select(test("^sha256:[0-9a-f]{64}$"))' "$RUNNER_TEMP/image.json")
echo "The image of \`$GITHUB_SHA\`: \`$registry/functions@$digest\`" >> "$GITHUB_STEP_SUMMARY"
