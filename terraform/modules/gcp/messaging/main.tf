locals {
  filters = {
    for name, consumer in var.consumers : name => [
      for attribute in ["origin", "type"] : "attributes.${attribute} = \"${consumer[attribute]}\"" if consumer[attribute] != null
    ]
  }
}

resource "google_pubsub_topic" "events" {
  project      = var.project
  name         = "${var.prefix}-events"
  kms_key_name = var.key

  message_storage_policy {
    allowed_persistence_regions = [var.region]
  }
}

# What the push requests are signed as. It may call the services, and nothing else.
resource "google_service_account" "push" {
  project      = var.project
  account_id   = "${var.prefix}-push"
  display_name = "${var.prefix}: Pub/Sub push"
  description  = "What Pub/Sub signs its push requests as."
}

resource "google_pubsub_subscription" "consumer" {
  for_each = var.consumers

  project                    = var.project
  name                       = "${var.prefix}-${each.key}"
  topic                      = google_pubsub_topic.events.id
  ack_deadline_seconds       = min(600, each.value.timeout_seconds + 30)
  message_retention_duration = "${var.retention_days * 24 * 60 * 60}s"

  # A consumer with an origin sees only the frames that its own cloud held first: what was bridged is never bridged back.
  filter = local.filters[each.key] == [] ? null : join(" AND ", local.filters[each.key])

  push_config {
    push_endpoint = "${var.endpoints[each.key]}/push"

    oidc_token {
      audience              = "${var.prefix}-${each.key}"
      service_account_email = google_service_account.push.email
    }
  }

  retry_policy {
    minimum_backoff = "${each.value.backoff_seconds.minimum}s"
    maximum_backoff = "${each.value.backoff_seconds.maximum}s"
  }

  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.dead_letter[each.key].id
    max_delivery_attempts = each.value.max_attempts
  }

  # Without it a subscription that nobody reads for 31 days is deleted, with what it holds.
  expiration_policy {
    ttl = ""
  }

  # The agent signs the push requests; without this none is ever sent.
  depends_on = [google_service_account_iam_member.agent]
}
