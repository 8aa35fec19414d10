# Pub/Sub moves a message to the dead-letter topic as its service agent, which must be allowed to publish there and to acknowledge in
# the subscription. Where it is not, dead-lettering fails and nobody is told.
locals {
  agent = "serviceAccount:service-${var.project_number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

resource "google_pubsub_topic_iam_member" "agent" {
  for_each = var.consumers

  project = var.project
  topic   = google_pubsub_topic.dead_letter[each.key].name
  role    = "roles/pubsub.publisher"
  member  = local.agent
}

resource "google_pubsub_subscription_iam_member" "agent" {
  for_each = var.consumers

  project      = var.project
  subscription = google_pubsub_subscription.consumer[each.key].name
  role         = "roles/pubsub.subscriber"
  member       = local.agent
}

# The token of a push request is made for the push service account: by this grant, on that account alone.
resource "google_service_account_iam_member" "agent" {
  service_account_id = google_service_account.push.name
  role               = "roles/iam.serviceAccountOpenIdTokenCreator"
  member             = local.agent
}
