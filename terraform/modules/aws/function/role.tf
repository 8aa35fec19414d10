resource "aws_iam_role" "this" {
  name                 = local.name
  description          = "What ${local.name} runs as."
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = var.boundary
}

resource "aws_iam_role_policy" "this" {
  name   = "work"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.work.json
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "work" {
  source_policy_documents = [var.policy]

  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }

  dynamic "statement" {
    for_each = var.tracing ? ["tracing"] : []

    content {
      #checkov:skip=CKV_AWS_111:X-Ray has no resources to name.
      #checkov:skip=CKV_AWS_356:The same.
      sid       = "Traces"
      actions   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
      resources = ["*"]
    }
  }
}
