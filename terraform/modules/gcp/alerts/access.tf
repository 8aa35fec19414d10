locals {
  agent  = "serviceAccount:service-${var.project_number}@gcp-sa-pubsub.iam.gserviceaccount.com"
  member = "serviceAccount:${module.function.identity}"
  marks  = "resource.name.startsWith(\"projects/_/buckets/${var.bucket}/objects/alerts/\")"
}

# Pub/Sub moves a message to the dead letters as its service agent. Where it may not, dead-lettering fails and nobody is told.
resource "google_pubsub_topic_iam_member" "agent" {
  project = var.project
  topic   = google_pubsub_topic.dead_letter.name
  role    = "roles/pubsub.publisher"
  member  = local.agent
}

resource "google_pubsub_subscription_iam_member" "agent" {
  for_each = var.topics

  project      = var.project
  subscription = google_pubsub_subscription.alert[each.key].name
  role         = "roles/pubsub.subscriber"
  member       = local.agent
}

# What can't be read, the service buries itself, with the reason.
resource "google_pubsub_topic_iam_member" "function" {
  project = var.project
  topic   = google_pubsub_topic.dead_letter.name
  role    = "roles/pubsub.publisher"
  member  = local.member
}

# The marks of what was told, and nothing else in that bucket: neither an event nor the list of them.
resource "google_storage_bucket_iam_member" "mark" {
  bucket = var.bucket
  role   = "roles/storage.objectCreator"
  member = local.member

  condition {
    title      = "alerts"
    expression = local.marks
  }
}

resource "google_storage_bucket_iam_member" "marked" {
  bucket = var.bucket
  role   = "roles/storage.objectViewer"
  member = local.member

  condition {
    title      = "alerts"
    expression = "${local.marks} || api.getAttribute(\"storage.googleapis.com/objectListPrefix\", \"\").startsWith(\"alerts/\")"
  }
}
