# The Parquet tables of analytics: the days of this cloud's archive, written here.
module "compaction" {
  source = "../../../modules/aws/compaction"
  count  = local.features.analytics ? 1 : 0

  alarm_topic           = module.observability.topic
  architecture          = var.architecture
  boundary              = local.boundary
  bucket                = module.archive.bucket
  environment_variables = { ISTHMUS_ENVIRONMENT = var.environment }
  key                   = local.keys.messaging
  log_key               = local.keys.logs
  log_retention_days    = local.settings.log_retention_days
  package               = "${var.package_dir}/compact.zip"
  prefix                = var.prefix
  reserved_concurrency  = local.settings.compaction.reserved_concurrency
  settings              = { every_hours = local.settings.compaction.every_hours, lookback_days = local.settings.compaction.lookback_days }
  storage_key           = local.keys.storage
}
