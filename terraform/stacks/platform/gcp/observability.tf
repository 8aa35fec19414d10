locals {
  # How long a message may wait before somebody is told: archive has no reason to, the bridge waits for the other cloud.
  max_age_seconds = merge({ archive = 300, bridge = 900 }, { for name, handler in local.handlers : name => handler.max_age_seconds })

  # What is promised is the same in every environment; how soon somebody is told of it is the profile's.
  slo = yamldecode(file("${path.root}/../../../slo.yaml"))
}

module "observability" {
  source = "../../../modules/gcp/observability"

  emails    = var.contacts.emails
  functions = merge(local.timeout_seconds, local.alert_functions)
  key       = local.keys.messaging
  ledger    = local.features.ledger
  objectives = {
    alerts = { for name, alert in local.slo.alerts : name => alert if contains(local.settings.alarms.burn, name) }
    slos   = local.slo.slos
  }
  prefix            = var.prefix
  project           = google_project_service.required["monitoring.googleapis.com"].project
  project_number    = var.google.project_number
  region            = var.google.region
  replicated_bucket = local.features.replication ? module.archive.bucket : null
  window_minutes    = local.settings.alarms.window_minutes

  queues = merge(local.alert_queues, {
    for name, queue in module.messaging.queues : name => {
      dead_letter     = "${var.prefix}-${name}-dlq"
      max_age_seconds = local.max_age_seconds[name]
      name            = "${var.prefix}-${name}"
    }
  })
}
