locals {
  name = "${var.prefix}-${coalesce(var.handler, var.role)}"
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_116:Queues have their own dead letters, HTTP answers its caller, and what a schedule calls has its own in modules compaction and ledger.
  #checkov:skip=CKV_AWS_117:It talks to regional endpoints of AWS and to public ones of Google; a VPC would add NAT, not isolation.
  #checkov:skip=CKV_AWS_173:Its environment holds names and hashes, no secret.
  #checkov:skip=CKV_AWS_272:The package is tied to the approval by its digest.
  function_name                  = local.name
  description                    = var.description
  role                           = aws_iam_role.this.arn
  architectures                  = [var.architecture]
  filename                       = var.package
  handler                        = "isthmus.functions.aws.${var.role}.handler"
  memory_size                    = var.settings.memory_mb
  reserved_concurrent_executions = var.settings.reserved_concurrency
  runtime                        = "python3.12"
  source_code_hash               = filebase64sha256(var.package)
  timeout                        = var.settings.timeout_seconds

  dynamic "ephemeral_storage" {
    for_each = var.settings.storage_mb == 512 ? [] : [var.settings.storage_mb]

    content {
      size = ephemeral_storage.value
    }
  }

  environment {
    variables = merge(var.environment_variables, { ISTHMUS_CLOUD = "aws", ISTHMUS_PREFIX = var.prefix, ISTHMUS_ROLE = var.role }, var.handler == null ? {} : { ISTHMUS_HANDLER = var.handler })
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.this.name
    # The platform's start and report lines cost more than the handler's one.
    system_log_level = "WARN"
  }

  tracing_config {
    mode = var.tracing ? "Active" : "PassThrough"
  }

  # Without its permissions the first calls would fail, and Lambda would make a log group of its own, unencrypted and endless.
  depends_on = [aws_iam_role_policy.this]
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${local.name}"
  kms_key_id        = var.log_key
  retention_in_days = var.settings.log_retention_days
}
