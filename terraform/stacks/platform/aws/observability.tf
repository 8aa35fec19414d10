locals {
  # How long a message may wait before somebody is told: archive has no reason to, the bridge waits for the other cloud.
  max_age_seconds = { archive = 300, bridge = 900 }
}

module "observability" {
  source = "../../../modules/aws/observability"

  api_id             = module.ingest.api_id
  archive_log_group  = module.function["archive"].log_group
  emails             = var.contacts.emails
  evaluation_periods = local.settings.alarms.evaluation_periods
  functions          = merge(local.timeout_seconds, local.alert_functions)
  key                = local.keys.messaging
  prefix             = var.prefix

  queues = merge(local.alert_queues, {
    for name, queue in module.messaging.queues : name => {
      dead_letter     = module.messaging.dead_letters[name].name
      max_age_seconds = local.max_age_seconds[name]
      name            = queue.name
    }
  })
}
