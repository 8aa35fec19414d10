data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.region
  issuer    = "token.actions.githubusercontent.com"

  # GitHub writes the repository into the subject by its names, and since 2026-07-15, for new and renamed repositories, with the ids too.
  # Both are taken, each as a whole: there is no wildcard, so nothing can be read into a name.
  repositories = [
    "repo:${var.github.owner}/${var.github.repository}",
    "repo:${var.github.owner}@${var.github.owner_id}/${var.github.repository}@${var.github.repository_id}",
  ]

  # What a job must be to become each: apply only in the environment, whose reviewers are GitHub's; plan in pull requests and on the branch.
  contexts = {
    apply = ["environment:${var.environment}"]
    plan  = ["pull_request", "ref:refs/heads/${var.branch}"]
  }

  descriptions = {
    apply = "What a job of GitHub's environment ${var.environment} becomes: makes and changes what the stacks name."
    plan  = "What pull requests and the branch become: reads, and changes nothing."
  }
}

# An account has one provider for an issuer. Its certificate is a public one, so no thumbprint is pinned.
resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "ci" {
  for_each = local.contexts

  name                 = "${var.prefix}-ci-${each.key}"
  description          = local.descriptions[each.key]
  assume_role_policy   = data.aws_iam_policy_document.trust[each.key].json
  max_session_duration = 3600
}

# A subject of names alone would follow the names when they change hands. The repository's id never does; STS has known it as a condition
# since January 2026. A token of a fork has the fork's id.
data "aws_iam_policy_document" "trust" {
  for_each = local.contexts

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:repository_id"
      values   = [var.github.repository_id]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:sub"
      values   = flatten([for repository in local.repositories : [for context in each.value : "${repository}:${context}"]])
    }

    # A subject with an environment does not tell the branch.
    dynamic "condition" {
      for_each = each.key == "apply" ? ["branch"] : []

      content {
        test     = "StringEquals"
        variable = "${local.issuer}:ref"
        values   = ["refs/heads/${var.branch}"]
      }
    }
  }
}

resource "aws_iam_policy" "ci" {
  for_each = {
    apply-data     = data.aws_iam_policy_document.apply_data.json
    apply-edge     = data.aws_iam_policy_document.apply_edge.json
    apply-identity = data.aws_iam_policy_document.apply_identity.json
    plan           = data.aws_iam_policy_document.plan.json
    state-apply    = data.aws_iam_policy_document.state["apply"].json
    state-plan     = data.aws_iam_policy_document.state["plan"].json
  }

  name        = "${var.prefix}-ci-${each.key}"
  description = "CI of ${var.prefix}: ${each.key}."
  policy      = each.value
}

resource "aws_iam_role_policy_attachment" "ci" {
  for_each = {
    apply-data     = "apply"
    apply-edge     = "apply"
    apply-identity = "apply"
    apply-plan     = "apply"
    apply-state    = "apply"
    plan-plan      = "plan"
    plan-state     = "plan"
  }

  role = aws_iam_role.ci[each.value].name
  policy_arn = aws_iam_policy.ci[{
    apply-data     = "apply-data"
    apply-edge     = "apply-edge"
    apply-identity = "apply-identity"
    apply-plan     = "plan"
    apply-state    = "state-apply"
    plan-plan      = "plan"
    plan-state     = "state-plan"
  }[each.key]].arn
}
