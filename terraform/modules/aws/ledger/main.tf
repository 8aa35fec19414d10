# What the archives lack, as figures with alarms: a function that lists the last hours of both, by a schedule. The other cloud has the same
# one, so that either is watched while the other is out.
data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  # A run ends before the next one begins, so there is one at a time; what is not compared in time is told, and not cut off.
  timeout_seconds = 120
  limit_seconds   = local.timeout_seconds - 20
}

module "function" {
  source = "../function"

  architecture = var.architecture
  boundary     = var.boundary
  description  = "Compares the last hours of both archives."
  log_key      = var.log_key
  package      = var.package
  policy       = data.aws_iam_policy_document.work.json
  prefix       = var.prefix
  role         = "ledger"

  # One whole processor, which lists are read with; less takes as much longer, and costs the same.
  settings = {
    log_retention_days   = var.log_retention_days
    memory_mb            = 1769
    reserved_concurrency = var.reserved_concurrency
    timeout_seconds      = local.timeout_seconds
  }

  environment_variables = merge(var.environment_variables, {
    ISTHMUS_AWS_REGION    = data.aws_region.current.region
    ISTHMUS_BUCKET        = var.bucket
    ISTHMUS_LIMIT_SECONDS = tostring(local.limit_seconds)
    ISTHMUS_OTHER_BUCKET  = var.other_bucket
    ISTHMUS_WINDOW_HOURS  = tostring(var.settings.window_hours)
  })
}

resource "aws_scheduler_schedule" "this" {
  #checkov:skip=CKV_AWS_297:It holds a name and no data.
  name                = "${var.prefix}-ledger"
  description         = "When the archives are compared."
  schedule_expression = "rate(${var.settings.every_minutes} minutes)"

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
      maximum_event_age_in_seconds = 60 * var.settings.every_minutes
      maximum_retry_attempts       = 2
    }
  }

  # Scheduler tries neither the function nor the queue when it is made; the first run would.
  depends_on = [aws_iam_role_policy.schedule]
}

# What fails inside of the function is not tried again: the next run sees more.
resource "aws_lambda_function_event_invoke_config" "this" {
  function_name                = module.function.name
  maximum_event_age_in_seconds = 60 * var.settings.every_minutes
  maximum_retry_attempts       = 0

  destination_config {
    on_failure {
      destination = aws_sqs_queue.dead_letter.arn
    }
  }
}
