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
name="$registry/functions:$GITHUB_SHA"
# A tag can't be moved: a job that runs again tells what the first one pushed.
if digest=$(docker buildx imagetools inspect "$name" --format '{{.Manifest.Digest}}' 2> /dev/null); then
  echo "The image of \`$GITHUB_SHA\` is there: \`$registry/functions@$digest\`" >> "$GITHUB_STEP_SUMMARY"
  exit
fi
# One manifest for Cloud Run's architecture: what is named by the digest is the image, and no list of images.
docker buildx build --pull --push --platform linux/amd64 --provenance=false \
  --label "org.opencontainers.image.revision=$GITHUB_SHA" \
  --tag "$name" --metadata-file "$RUNNER_TEMP/image.json" .
digest=$(jq -er '."containerimage.digest" | select(test("^sha256:[0-9a-f]{64}$"))' "$RUNNER_TEMP/image.json")
echo "The image of \`$GITHUB_SHA\`: \`$registry/functions@$digest\`" >> "$GITHUB_STEP_SUMMARY"
