# Budgets and alarms into Slack, where the environment names a secret with a webhook. The budget's topic is found by its name.
locals {
  alert_topics = merge(
    { alarms = module.observability.topic },
    local.features.budgets && var.google.billing_account != null ? { budget = "projects/${var.google.project}/topics/${var.prefix}-budget" } : {},
  )

  # Its time-out in seconds, which module alerts sets: watched like the other functions.
  alert_functions = var.contacts.slack_secret == null ? {} : { alert = 60 }

  # Watched like the other queues, by names, since the alarms' topic is one of those it reads.
  alert_queues = var.contacts.slack_secret == null ? {} : {
    alert = { dead_letter = "${var.prefix}-alert-dlq", max_age_seconds = 900, name = "${var.prefix}-alert-alarms" }
  }
}

module "alerts" {
  source = "../../../modules/gcp/alerts"
  count  = var.contacts.slack_secret == null ? 0 : 1

  bucket              = module.archive.bucket
  deletion_protection = var.deletion_protection
  image               = local.image
  key                 = local.keys.messaging
  prefix              = var.prefix
  project             = google_project_service.required["secretmanager.googleapis.com"].project
  project_number      = var.google.project_number
  push_identity       = module.messaging.push_identity
  region              = var.google.region
  slack_secret        = var.contacts.slack_secret
  topics              = local.alert_topics
}
