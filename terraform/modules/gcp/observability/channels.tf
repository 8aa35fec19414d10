resource "google_monitoring_notification_channel" "email" {
  for_each = var.emails

  project      = var.project
  display_name = "${var.prefix}: ${each.value}"
  type         = "email"

  labels = {
    email_address = each.value
  }
}

# For programs: a chat message is made by whoever subscribes.
resource "google_pubsub_topic" "alarms" {
  project      = var.project
  name         = "${var.prefix}-alarms"
  kms_key_name = var.key

  message_storage_policy {
    allowed_persistence_regions = [var.region]
  }
}

resource "google_monitoring_notification_channel" "topic" {
  project      = var.project
  display_name = "${var.prefix}: topic"
  type         = "pubsub"

  labels = {
    topic = google_pubsub_topic.alarms.id
  }
}

# Cloud Monitoring's own agent, which publishes an alarm, and may do nothing else. It is there once the project has its first channel.
resource "google_pubsub_topic_iam_member" "monitoring" {
  project = var.project
  topic   = google_pubsub_topic.alarms.name
  role    = "roles/pubsub.publisher"
  member  = "serviceAccount:service-${var.project_number}@gcp-sa-monitoring-notification.iam.gserviceaccount.com"

  depends_on = [google_monitoring_notification_channel.topic]
}
