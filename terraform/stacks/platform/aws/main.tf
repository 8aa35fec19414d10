module "messaging" {
  source = "../../../modules/aws/messaging"

  key    = local.keys.messaging
  prefix = var.prefix

  consumers = merge({
    archive = {
      max_attempts    = local.max_attempts.archive
      timeout_seconds = local.timeout_seconds.archive
    }
    bridge = {
      max_attempts    = local.max_attempts.bridge
      origin          = "aws"
      timeout_seconds = local.timeout_seconds.bridge
    }
  }, local.handler_consumers)
}

module "archive" {
  source = "../../../modules/aws/archive"

  deletion_protection = var.deletion_protection
  key                 = local.keys.storage
  lifecycle_days      = local.settings.lifecycle_days
  noncurrent_days     = local.settings.noncurrent_days
  prefix              = var.prefix
}

module "ingest" {
  source = "../../../modules/aws/ingest"

  detailed_metrics   = local.settings.api.detailed_metrics
  function           = { invoke_arn = module.function["ingest"].invoke_arn, name = module.function["ingest"].name }
  log_key            = local.keys.logs
  log_retention_days = local.settings.log_retention_days
  prefix             = var.prefix
  throttle           = { burst = local.settings.api.burst, rate = local.settings.api.rate }
}

module "identity" {
  source = "../../../modules/aws/identity"

  boundary         = local.boundary
  key              = local.keys.messaging
  prefix           = var.prefix
  service_accounts = { for role, id in var.google.service_account_ids : role => id if contains(["bridge", "ingest"], role) }
  topic            = module.messaging.topic
}
