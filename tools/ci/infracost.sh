#!/usr/bin/env bash
# Infracost's estimate of every stack of an environment, by the usage file that ours takes, as Markdown.
#   tools/ci/infracost.sh ENVIRONMENT
set -euo pipefail
environment=$1
usage=$(python -c '
import sys, yaml
print(yaml.safe_load(open("terraform/environments/costs.yml"))["environments"][sys.argv[1]]["usage"])
' "$environment")
for stack in terraform/stacks/{foundation,platform,edge}/{aws,gcp}; do
  echo "### $stack"
  echo '```'
  infracost breakdown --no-color --path "$stack" --usage-file "$usage" \
    --terraform-var-file "../../../environments/$environment.tfvars"
  echo '```'
done
