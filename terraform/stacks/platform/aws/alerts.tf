# Budgets, alarms and drift into Slack, where the environment names a secret with a webhook. The budget's topic is found by its name.
locals {
  alert_topics = merge(
    { alarms = module.observability.topic },
    local.features.budgets ? { budget = "arn:${data.aws_partition.current.partition}:sns:${var.aws.region}:${var.aws.account_id}:${var.prefix}-budget" } : {},
  )

  # Made above this layer, in the region of Route 53's metrics; it subscribes itself.
  alert_senders = local.features.edge ? { edge = "arn:${data.aws_partition.current.partition}:sns:us-east-1:${var.aws.account_id}:${var.prefix}-edge" } : {}

  # Its time-out in seconds, which module alerts sets: watched like the other functions.
  alert_functions = var.contacts.slack_secret == null ? {} : { alert = 60 }

  # Watched like the other queues, by names, since the alarms' topic is one of those it reads.
  alert_queues = var.contacts.slack_secret == null ? {} : {
    alert = { dead_letter = "${var.prefix}-alert-dlq", max_age_seconds = 900, name = "${var.prefix}-alert" }
  }
}

module "alerts" {
  source = "../../../modules/aws/alerts"
  count  = var.contacts.slack_secret == null ? 0 : 1

  architecture       = var.architecture
  boundary           = local.boundary
  bucket             = module.archive.bucket
  email              = var.contacts.sender == null ? null : { recipients = var.contacts.emails, sender = var.contacts.sender }
  key                = local.keys.messaging
  log_key            = local.keys.logs
  log_retention_days = local.settings.log_retention_days
  package            = "${var.package_dir}/alert.zip"
  prefix             = var.prefix
  senders            = local.alert_senders
  slack_secret       = var.contacts.slack_secret
  storage_key        = local.keys.storage
  topics             = local.alert_topics
}
