# The other cloud's names are derived, never read: its archive, and the pool that lets this function's role in.
module "ledger" {
  source = "../../../modules/aws/ledger"
  count  = local.features.ledger ? 1 : 0

  alarm_topic          = module.observability.topic
  architecture         = var.architecture
  boundary             = local.boundary
  bucket               = module.archive.bucket
  key                  = local.keys.messaging
  log_key              = local.keys.logs
  log_retention_days   = local.settings.log_retention_days
  other_bucket         = "${var.prefix}-archive-${var.google.project}"
  other_ledger         = lookup(var.google.service_account_ids, "ledger", null)
  package              = "${var.package_dir}/ledger.zip"
  prefix               = var.prefix
  reserved_concurrency = local.settings.ledger.reserved_concurrency
  settings             = { every_minutes = local.settings.ledger.every_minutes, window_hours = local.settings.ledger.window_hours }

  # Not the account that publishes: the role has its grant there itself.
  environment_variables = {
    ISTHMUS_ENVIRONMENT                = var.environment
    ISTHMUS_GCP_PROJECT                = local.google.ISTHMUS_GCP_PROJECT
    ISTHMUS_WORKLOAD_IDENTITY_PROVIDER = local.google.ISTHMUS_WORKLOAD_IDENTITY_PROVIDER
  }
}
