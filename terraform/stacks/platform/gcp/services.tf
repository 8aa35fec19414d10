# The APIs that this layer calls. Left on when the stack goes: others in the project may use them.
# A new project has no Pub/Sub service agent before it is asked for, once: gcloud beta services identity create
# --service=pubsub.googleapis.com.
resource "google_project_service" "required" {
  for_each = toset([
    "iam.googleapis.com",
    "iamcredentials.googleapis.com",
    "pubsub.googleapis.com",
    "run.googleapis.com",
    "storage.googleapis.com",
    "sts.googleapis.com",
  ])

  project            = var.google.project
  service            = each.value
  disable_on_destroy = false
}
