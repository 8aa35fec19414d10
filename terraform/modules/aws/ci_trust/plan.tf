# What a plan reads: settings of what the stacks manage, and no data: no objects but states, no messages, no rows, no log entries.
data "aws_iam_policy_document" "plan" {
  #checkov:skip=CKV_AWS_356:Reading settings by list and describe has no resources to name.
  #checkov:skip=CKV_AWS_108:No action reads data.
  statement {
    sid = "Settings"
    actions = [
      "acm:DescribeCertificate", "acm:ListTagsForCertificate", "apigateway:GET", "athena:GetDataCatalog", "athena:GetWorkGroup",
      "athena:ListTagsForResource", "budgets:ListTagsForResource", "budgets:ViewBudget", "cloudtrail:DescribeTrails",
      "cloudtrail:Get*", "cloudtrail:ListTags", "cloudwatch:DescribeAlarms", "cloudwatch:GetDashboard",
      "cloudwatch:ListTagsForResource", "datasync:Describe*", "datasync:ListTagsForResource", "dynamodb:DescribeContinuousBackups",
      "dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive", "dynamodb:ListTagsOfResource", "ec2:Describe*",
      "elasticloadbalancing:Describe*", "globalaccelerator:Describe*", "globalaccelerator:List*", "glue:GetDatabase",
      "glue:GetPartitionIndexes", "glue:GetPartitions", "glue:GetTable", "glue:GetTags", "iam:Get*", "iam:List*",
      "kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListAliases", "kms:ListResourceTags",
      "lambda:GetEventSourceMapping", "lambda:GetFunction", "lambda:GetFunctionCodeSigningConfig", "lambda:GetFunctionConcurrency",
      "lambda:GetFunctionEventInvokeConfig", "lambda:GetPolicy", "lambda:ListTags", "lambda:ListVersionsByFunction", "logs:DescribeLogGroups",
      "logs:DescribeMetricFilters", "logs:DescribeResourcePolicies", "logs:ListTagsForResource", "route53:GetChange",
      "route53:GetDNSSEC", "route53:GetHealthCheck", "route53:GetHostedZone", "route53:ListResourceRecordSets",
      "route53:ListTagsForResource", "s3:GetAccelerateConfiguration", "s3:GetBucket*", "s3:GetEncryptionConfiguration",
      "s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration", "s3:ListTagsForResource", "scheduler:GetSchedule", "secretsmanager:DescribeSecret",
      "secretsmanager:GetResourcePolicy", "ses:GetEmailIdentity", "ses:ListTagsForResource", "sns:GetSubscriptionAttributes",
      "sns:GetTopicAttributes", "sns:ListTagsForResource", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags",
      "sts:GetCallerIdentity", "synthetics:GetCanary", "wafv2:GetWebACL", "wafv2:GetWebACLForResource", "wafv2:ListTagsForResource",
    ]
    resources = ["*"]
  }

  # The provider asks first whether a bucket is there. It lists names, and reads no object.
  statement {
    sid       = "Buckets"
    actions   = ["s3:ListBucket"]
    resources = ["arn:${local.partition}:s3:::${var.prefix}-*"]
  }

  # What differs is told through the topic that alarms go to; CI keeps no webhook.
  statement {
    sid       = "Tell"
    actions   = ["sns:Publish"]
    resources = ["arn:${local.partition}:sns:${local.region}:${local.account}:${var.prefix}-alarms"]
  }

  statement {
    sid       = "TellKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = ["arn:${local.partition}:kms:${local.region}:${local.account}:key/*"]

    condition {
      test     = "ForAnyValue:StringEquals"
      variable = "kms:ResourceAliases"
      values   = ["alias/${var.prefix}-messaging"]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["sns.${local.region}.amazonaws.com"]
    }
  }
}

# The states of this environment. A plan only reads them; both take the lock.
data "aws_iam_policy_document" "state" {
  for_each = local.contexts

  statement {
    sid       = "List"
    actions   = ["s3:ListBucket"]
    resources = ["arn:${local.partition}:s3:::${var.state_bucket}"]
  }

  statement {
    sid       = "States"
    actions   = each.key == "apply" ? ["s3:GetObject", "s3:PutObject"] : ["s3:GetObject"]
    resources = ["arn:${local.partition}:s3:::${var.state_bucket}/${var.environment}/*"]
  }

  statement {
    sid       = "Lock"
    actions   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    resources = ["arn:${local.partition}:s3:::${var.state_bucket}/${var.environment}/*.tflock"]
  }

  statement {
    sid       = "Table"
    actions   = ["dynamodb:DeleteItem", "dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:PutItem"]
    resources = ["arn:${local.partition}:dynamodb:${local.region}:${local.account}:table/${var.lock_table}"]
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.state_key]
  }
}
