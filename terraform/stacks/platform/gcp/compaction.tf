# The Parquet tables of analytics: the days of this cloud's archive, written here.
module "compaction" {
  source = "../../../modules/gcp/compaction"
  count  = local.features.analytics ? 1 : 0

  bucket                = module.archive.bucket
  channels              = module.observability.channels
  deletion_protection   = var.deletion_protection
  environment_variables = { ISTHMUS_ENVIRONMENT = var.environment }
  image                 = local.image
  network               = lookup(local.networks, "compact", null)
  prefix                = var.prefix
  project               = google_project_service.required["cloudscheduler.googleapis.com"].project
  region                = var.google.region
  settings              = { every_hours = local.settings.compaction.every_hours, lookback_days = local.settings.compaction.lookback_days }
}
