# What an apply changes, by the names that the stacks give. What AWS names itself (networks, APIs, certificates, zones) is told by its tags
# where the service knows them, and not at all where it does not.
data "aws_iam_policy_document" "apply_data" {
  #checkov:skip=CKV_AWS_109:Resource policies are part of what the stacks manage; the resources are those of this prefix.
  #checkov:skip=CKV_AWS_111:Every statement that could name its resources does.
  #checkov:skip=CKV_AWS_356:The same.
  statement {
    sid = "Named"
    actions = [
      "athena:*WorkGroup", "athena:TagResource", "athena:UntagResource", "cloudtrail:*Tags", "cloudtrail:*Trail",
      "cloudtrail:PutEventSelectors", "cloudtrail:StartLogging", "cloudtrail:StopLogging", "cloudwatch:*Alarms",
      "cloudwatch:DeleteDashboards", "cloudwatch:PutCompositeAlarm", "cloudwatch:PutDashboard", "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource",
      "cloudwatch:UntagResource", "glue:*Database", "glue:*Table", "glue:TagResource", "glue:UntagResource", "lambda:*Permission",
      "lambda:CreateFunction", "lambda:DeleteFunction*", "lambda:GetFunction*", "lambda:PublishVersion",
      "lambda:PutFunction*", "lambda:TagResource", "lambda:UntagResource", "lambda:UpdateFunction*", "logs:*KmsKey",
      "logs:*LogGroup", "logs:*MetricFilter", "logs:*RetentionPolicy", "logs:TagResource", "logs:UntagResource", "scheduler:*Schedule", "sns:*Topic",
      "sns:*TopicAttributes", "sns:*Subscribe", "sns:*SubscriptionAttributes", "sns:TagResource", "sns:UntagResource",
      "sqs:AddPermission", "sqs:CreateQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue",
      "synthetics:*Canary", "synthetics:TagResource", "synthetics:UntagResource",
    ]
    resources = [
      "arn:${local.partition}:athena:${local.region}:${local.account}:workgroup/${var.prefix}*",
      "arn:${local.partition}:cloudtrail:${local.region}:${local.account}:trail/${var.prefix}",
      "arn:${local.partition}:cloudwatch:${local.region}:${local.account}:alarm:${var.prefix}-*",
      "arn:${local.partition}:cloudwatch:us-east-1:${local.account}:alarm:${var.prefix}-*", # the edge's: health checks are there
      "arn:${local.partition}:cloudwatch::${local.account}:dashboard/${var.prefix}*",
      "arn:${local.partition}:glue:${local.region}:${local.account}:catalog",
      "arn:${local.partition}:glue:${local.region}:${local.account}:database/${replace(var.prefix, "-", "_")}*",
      "arn:${local.partition}:glue:${local.region}:${local.account}:table/${replace(var.prefix, "-", "_")}*/*",
      "arn:${local.partition}:lambda:${local.region}:${local.account}:function:${var.prefix}-*",
      "arn:${local.partition}:lambda:${local.region}:${local.account}:function:cwsyn-${var.prefix}-*", # a canary is one
      "arn:${local.partition}:logs:${local.region}:${local.account}:log-group:/aws/*/${var.prefix}*",
      "arn:${local.partition}:scheduler:${local.region}:${local.account}:schedule/default/${var.prefix}-*",
      "arn:${local.partition}:sns:${local.region}:${local.account}:${var.prefix}-*",
      "arn:${local.partition}:sns:us-east-1:${local.account}:${var.prefix}-edge",
      "arn:${local.partition}:sqs:${local.region}:${local.account}:${var.prefix}-*",
      "arn:${local.partition}:synthetics:${local.region}:${local.account}:canary:${var.prefix}-*",
    ]
  }

  # Buckets and their settings; not their objects.
  statement {
    sid = "Buckets"
    actions = [
      "s3:CreateBucket", "s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:PutBucket*", "s3:PutEncryptionConfiguration",
      "s3:PutLifecycleConfiguration", "s3:TagResource", "s3:UntagResource",
    ]
    resources = ["arn:${local.partition}:s3:::${var.prefix}-*"]
  }

  # Keys that are made here carry the project's tag. CI can't begin the end of one: kms:ScheduleKeyDeletion and kms:DisableKey are not here.
  statement {
    sid       = "NewKeys"
    actions   = ["kms:CreateKey", "kms:TagResource"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/project"
      values   = ["isthmus"]
    }
  }

  statement {
    sid = "Keys"
    actions = [
      "kms:CreateAlias", "kms:CreateGrant", "kms:DeleteAlias", "kms:EnableKeyRotation", "kms:PutKeyPolicy", "kms:TagResource",
      "kms:UntagResource", "kms:UpdateAlias", "kms:UpdateKeyDescription",
    ]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/project"
      values   = ["isthmus"]
    }
  }

  statement {
    sid       = "Aliases"
    actions   = ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"]
    resources = ["arn:${local.partition}:kms:${local.region}:${local.account}:alias/${var.prefix}-*"]
  }

  # The address that alerts come from; its owner confirms it.
  statement {
    sid       = "Senders"
    actions   = ["ses:CreateEmailIdentity", "ses:DeleteEmailIdentity", "ses:TagResource", "ses:UntagResource"]
    resources = ["arn:${local.partition}:ses:${local.region}:${local.account}:identity/*"]
  }

  # Services whose resources have no name that can be told before they are made.
  statement {
    sid = "Unnamed"
    actions = [
      "acm:AddTagsToCertificate", "acm:DeleteCertificate", "acm:RequestCertificate", "apigateway:DELETE", "apigateway:PATCH",
      "apigateway:POST", "apigateway:PUT", "budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource",
      "datasync:CreateLocationS3", "datasync:CreateTask", "datasync:DeleteLocation", "datasync:DeleteTask", "datasync:TagResource",
      "datasync:UntagResource", "datasync:UpdateTask", "lambda:*EventSourceMapping", "lambda:TagResource", "lambda:UntagResource",
      "logs:*LogDelivery", "logs:DeleteResourcePolicy", "logs:ListLogDeliveries", "logs:PutResourcePolicy",
      "route53:AssociateVPCWithHostedZone", "route53:ChangeResourceRecordSets", "route53:ChangeTagsForResource",
      "route53:CreateHealthCheck", "route53:CreateHostedZone", "route53:DeleteHealthCheck", "route53:DeleteHostedZone",
      "route53:UpdateHealthCheck", "route53:UpdateHostedZoneComment",
    ]
    resources = ["*"]
  }
}
