resource "google_pubsub_topic" "dead_letter" {
  for_each = var.consumers

  project      = var.project
  name         = "${var.prefix}-${each.key}-dlq"
  kms_key_name = var.key

  message_storage_policy {
    allowed_persistence_regions = [var.region]
  }
}

# A topic without a subscription keeps nothing: this is where the dead letters are.
resource "google_pubsub_subscription" "dead_letter" {
  for_each = var.consumers

  project                    = var.project
  name                       = "${var.prefix}-${each.key}-dlq"
  topic                      = google_pubsub_topic.dead_letter[each.key].id
  ack_deadline_seconds       = 60
  message_retention_duration = "${var.retention_days * 24 * 60 * 60}s"

  expiration_policy {
    ttl = ""
  }
}
