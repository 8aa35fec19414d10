# Who talked to whom, and who was refused: kept encrypted for as long as the profile says.
resource "aws_cloudwatch_log_group" "flow" {
  #checkov:skip=CKV_AWS_338:The profile says how long; a year in resilient.
  count = var.flow_logs == null ? 0 : 1

  name              = "/aws/vpc/${var.prefix}"
  kms_key_id        = var.flow_logs.key
  retention_in_days = var.flow_logs.retention_days
}

resource "aws_flow_log" "this" {
  count = length(aws_cloudwatch_log_group.flow)

  iam_role_arn             = aws_iam_role.flow[0].arn
  log_destination          = aws_cloudwatch_log_group.flow[0].arn
  max_aggregation_interval = 600
  traffic_type             = "ALL"
  vpc_id                   = aws_vpc.this.id

  tags = { Name = var.prefix }

  # Delivery begins at once, and says that it may not.
  depends_on = [aws_iam_role_policy.flow]
}

resource "aws_iam_role" "flow" {
  count = length(aws_cloudwatch_log_group.flow)

  name                 = "${var.prefix}-flow-logs"
  description          = "What VPC flow logs write as."
  assume_role_policy   = data.aws_iam_policy_document.flow_trust.json
  permissions_boundary = var.boundary
}

resource "aws_iam_role_policy" "flow" {
  count = length(aws_cloudwatch_log_group.flow)

  name   = "write"
  role   = aws_iam_role.flow[0].name
  policy = data.aws_iam_policy_document.flow[0].json
}

data "aws_iam_policy_document" "flow" {
  count = length(aws_cloudwatch_log_group.flow)

  statement {
    sid       = "Write"
    actions   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.flow[0].arn}:*"]
  }

  # Asked before the first line is written; a list has no resource to name.
  statement {
    #checkov:skip=CKV_AWS_356:As said above.
    sid       = "Find"
    actions   = ["logs:DescribeLogGroups"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "flow_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["vpc-flow-logs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}
