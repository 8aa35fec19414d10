module "messaging" {
  source = "../../../modules/gcp/messaging"

  endpoints      = { for role in concat(["archive", "bridge"], keys(local.handlers)) : role => module.function[role].url }
  key            = local.keys.messaging
  prefix         = var.prefix
  project        = google_project_service.required["pubsub.googleapis.com"].project
  project_number = var.google.project_number
  region         = var.google.region
  retention_days = local.settings.retention_days

  consumers = merge({
    archive = {
      max_attempts    = local.max_attempts.archive
      timeout_seconds = local.timeout_seconds.archive
    }
    bridge = {
      max_attempts    = local.max_attempts.bridge
      origin          = "gcp"
      timeout_seconds = local.timeout_seconds.bridge
    }
  }, local.handler_consumers)
}

module "archive" {
  source = "../../../modules/gcp/archive"

  deletion_protection = var.deletion_protection
  key                 = local.keys.storage
  lifecycle_days      = local.settings.lifecycle_days
  noncurrent_days     = local.settings.noncurrent_days
  prefix              = var.prefix
  project             = google_project_service.required["storage.googleapis.com"].project
  region              = var.google.region
  soft_delete_days    = local.settings.soft_delete_days
}

module "identity" {
  source = "../../../modules/gcp/identity"

  aws_account_id = var.aws.account_id
  aws_roles      = { for role in ["bridge", "ingest"] : role => "${var.prefix}-${role}" }
  other_roles    = local.features.ledger ? ["${var.prefix}-ledger"] : []
  prefix         = var.prefix
  project        = google_project_service.required["sts.googleapis.com"].project
  topic          = module.messaging.topic
}
