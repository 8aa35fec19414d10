data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.region

  log_groups = "arn:${local.partition}:logs:${local.region}:${local.account}:log-group"

  # What a service may do with a key, and on whose behalf. The resources are named, not referenced: other layers make them.
  # A domain without a service is used only by roles, and their own policies say so.
  domains = {
    analytics = {
      description = "results of queries"
      services    = {}
    }
    logs = {
      description = "logs and records of access"
      services = {
        logs = {
          principal = "logs.${local.region}.amazonaws.com"
          actions   = ["kms:Decrypt*", "kms:Describe*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
          test      = "ArnLike"
          variable  = "kms:EncryptionContext:aws:logs:arn"
          values = [
            "${local.log_groups}:/aws/apigateway/${var.prefix}-*",
            "${local.log_groups}:/aws/datasync/${var.prefix}",
            "${local.log_groups}:/aws/lambda/${var.prefix}-*",
            "${local.log_groups}:/aws/vpc/${var.prefix}",
          ]
        }
        trail = {
          principal = "cloudtrail.amazonaws.com"
          actions   = ["kms:DescribeKey", "kms:GenerateDataKey*"]
          test      = "StringEquals"
          variable  = "aws:SourceArn"
          values    = ["arn:${local.partition}:cloudtrail:${local.region}:${local.account}:trail/${var.prefix}"]
        }
      }
    }
    messaging = {
      description = "topics, queues and dead letters"
      services = {
        alarms = {
          principal = "cloudwatch.amazonaws.com"
          actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
          test      = "ArnLike"
          variable  = "aws:SourceArn"
          values    = ["arn:${local.partition}:cloudwatch:${local.region}:${local.account}:alarm:${var.prefix}-*"]
        }
        budgets = {
          principal = "budgets.amazonaws.com"
          actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
          test      = "StringEquals"
          variable  = "aws:SourceAccount"
          values    = [local.account]
        }
        # SNS encrypts for a queue with the queue's key. Without this every delivery fails, and nobody is told.
        sns = {
          principal = "sns.amazonaws.com"
          actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
          test      = "ArnEquals"
          variable  = "aws:SourceArn"
          values = concat(
            [for topic in ["alarms", "budget", "events"] : "arn:${local.partition}:sns:${local.region}:${local.account}:${var.prefix}-${topic}"],
            ["arn:${local.partition}:sns:us-east-1:${local.account}:${var.prefix}-edge"], # the edge's alarms are there alone
          )
        }
      }
    }
    storage = {
      description = "archive"
      services    = {}
    }
  }

  wanted = { for name, domain in local.domains : name => domain if contains(var.domains, name) }
}

data "aws_iam_policy_document" "key" {
  for_each = local.wanted

  # In a key policy the resource is the key itself, and the account's root means "IAM decides": without it nobody can
  # change the key again.
  #checkov:skip=CKV_AWS_109:The statement is in a key policy, its resource is this key alone.
  #checkov:skip=CKV_AWS_111:The same.
  #checkov:skip=CKV_AWS_356:The same.
  statement {
    sid       = "Account"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account}:root"]
    }
  }

  dynamic "statement" {
    for_each = each.value.services

    content {
      sid       = title(statement.key)
      actions   = statement.value.actions
      resources = ["*"]

      principals {
        type        = "Service"
        identifiers = [statement.value.principal]
      }

      condition {
        test     = statement.value.test
        variable = statement.value.variable
        values   = statement.value.values
      }
    }
  }
}
