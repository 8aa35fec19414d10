# What the topics say is pushed to one service, and pushed again while a chat is down.
resource "google_pubsub_subscription" "alert" {
  for_each = var.topics

  project                    = var.project
  name                       = "${var.prefix}-alert-${each.key}"
  topic                      = each.value
  ack_deadline_seconds       = local.timeout_seconds + 30
  message_retention_duration = "604800s"

  push_config {
    push_endpoint = "${module.function.url}/push"

    oidc_token {
      audience              = "${var.prefix}-alert"
      service_account_email = var.push_identity
    }
  }

  # Long enough for what a chat asks that is called too often.
  retry_policy {
    minimum_backoff = "30s"
    maximum_backoff = "600s"
  }

  # At ten minutes a try: most of a day of a chat's outage.
  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.dead_letter.id
    max_delivery_attempts = 100
  }

  expiration_policy {
    ttl = ""
  }
}

resource "google_pubsub_topic" "dead_letter" {
  project      = var.project
  name         = "${var.prefix}-alert-dlq"
  kms_key_name = var.key

  message_storage_policy {
    allowed_persistence_regions = [var.region]
  }
}

# A topic without a subscription keeps nothing: this is where the dead letters are.
resource "google_pubsub_subscription" "dead_letter" {
  project                    = var.project
  name                       = "${var.prefix}-alert-dlq"
  topic                      = google_pubsub_topic.dead_letter.id
  ack_deadline_seconds       = 60
  message_retention_duration = "604800s"

  expiration_policy {
    ttl = ""
  }
}

locals {
  # Slack twice with a wait between, at its longest; with room.
  timeout_seconds = 60
}

module "function" {
  source = "../function"

  deletion_protection = var.deletion_protection
  description         = "Tells people of budgets, alarms and drift."
  image               = var.image
  invokers            = { pubsub = "serviceAccount:${var.push_identity}" }
  prefix              = var.prefix
  project             = var.project
  region              = var.region
  role                = "alert"
  secrets             = { ISTHMUS_SLACK_WEBHOOK = var.slack_secret }

  # One at a time: two pushes of one message at once would both find it untold.
  settings = { concurrency = 1, max_instances = 1, timeout_seconds = local.timeout_seconds }

  environment_variables = {
    ISTHMUS_BUCKET               = var.bucket
    ISTHMUS_DLQ                  = google_pubsub_topic.dead_letter.id
    ISTHMUS_GCP_PROJECT          = var.project
    ISTHMUS_PUSH_AUDIENCE        = "${var.prefix}-alert"
    ISTHMUS_PUSH_SERVICE_ACCOUNT = var.push_identity
  }
}
