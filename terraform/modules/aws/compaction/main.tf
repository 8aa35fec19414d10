# Writes the days of the archive as Parquet, by a schedule. The other cloud has the same function, which writes the same bytes into its own.
data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  # No day is begun after the limit; one takes minutes at most (docs/analytics.md), so none is cut off.
  timeout_seconds = 900
  limit_seconds   = 480
}

module "function" {
  source = "../function"

  architecture = var.architecture
  boundary     = var.boundary
  description  = "Writes the archive's days as Parquet."
  log_key      = var.log_key
  package      = var.package
  policy       = data.aws_iam_policy_document.work.json
  prefix       = var.prefix
  role         = "compact"

  # A whole processor. A day is brought into order in files, of ten times its size as stored.
  settings = {
    log_retention_days   = var.log_retention_days
    memory_mb            = 2048
    reserved_concurrency = var.reserved_concurrency
    storage_mb           = 2048
    timeout_seconds      = local.timeout_seconds
  }

  environment_variables = merge(var.environment_variables, {
    ISTHMUS_AWS_REGION    = data.aws_region.current.region
    ISTHMUS_BUCKET        = var.bucket
    ISTHMUS_DAY_BYTES     = tostring(1000000 * var.settings.day_mb)
    ISTHMUS_LIMIT_SECONDS = tostring(local.limit_seconds)
    ISTHMUS_LOOKBACK_DAYS = tostring(var.settings.lookback_days)
  })
}

resource "aws_scheduler_schedule" "this" {
  #checkov:skip=CKV_AWS_297:It holds a name and no data.
  name                = "${var.prefix}-compact"
  description         = "When the archive is compacted."
  schedule_expression = "rate(${60 * var.settings.every_hours} minutes)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = module.function.arn
    role_arn = aws_iam_role.schedule.arn

    dead_letter_config {
      arn = aws_sqs_queue.dead_letter.arn
    }

    # One that comes late is as good as the next.
    retry_policy {
      maximum_event_age_in_seconds = 3600 * var.settings.every_hours
      maximum_retry_attempts       = 2
    }
  }

  # Scheduler tries neither the function nor the queue when it is made; the first run would.
  depends_on = [aws_iam_role_policy.schedule]
}

# What fails inside of the function is not tried again: the next run goes on where it ended.
resource "aws_lambda_function_event_invoke_config" "this" {
  function_name                = module.function.name
  maximum_event_age_in_seconds = 3600 * var.settings.every_hours
  maximum_retry_attempts       = 0

  destination_config {
    on_failure {
      destination = aws_sqs_queue.dead_letter.arn
    }
  }
}
