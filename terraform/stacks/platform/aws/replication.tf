module "replication" {
  source = "../../../modules/aws/replication"
  count  = local.features.replication ? 1 : 0

  alarm_topic        = module.observability.topic
  boundary           = local.boundary
  bucket_arn         = module.archive.bucket_arn
  datasync           = local.features.datasync ? { schedule = local.settings.replication_schedule, source_location = var.aws.datasync_location } : null
  key                = local.keys.storage
  log_key            = local.keys.logs
  log_retention_days = local.settings.log_retention_days
  prefix             = var.prefix
  transfer_subject   = lookup(var.google.service_account_ids, "transfer", null)
}
