#!/usr/bin/env bash
# Infracost's estimate of every stack of an environment, by the same usage file as ours, as Markdown.
#   tools/ci/infracost.sh ENVIRONMENT USAGE_FILE
set -euo pipefail
environment=$1 usage=$2
for stack in terraform/stacks/{foundation,platform,edge}/{aws,gcp}; do
  echo "### $stack"
  echo '```'
  infracost breakdown --no-color --path "$stack" --usage-file "$usage" \
    --terraform-var-file "../../../environments/$environment.tfvars"
  echo '```'
done
