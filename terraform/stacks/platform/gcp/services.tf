# The APIs that this layer calls. Left on when the stack goes: others in the project may use them.
# A new project has no Pub/Sub service agent before it is asked for, once: gcloud beta services identity create
# --service=pubsub.googleapis.com.
resource "google_project_service" "required" {
  for_each = setunion(
    [
      "iam.googleapis.com",
      "iamcredentials.googleapis.com",
      "logging.googleapis.com",
      "monitoring.googleapis.com",
      "pubsub.googleapis.com",
      "run.googleapis.com",
      "storage.googleapis.com",
      "sts.googleapis.com",
    ],
    var.contacts.slack_secret == null ? [] : ["secretmanager.googleapis.com"],
    local.features.analytics ? ["bigquery.googleapis.com", "bigquerydatatransfer.googleapis.com", "cloudquotas.googleapis.com"] : [],
    local.features.edge ? ["certificatemanager.googleapis.com", "compute.googleapis.com"] : [],
    local.features.replication ? ["storagetransfer.googleapis.com"] : [],
    local.features.tracing ? ["cloudtrace.googleapis.com"] : [],
  )

  project            = var.google.project
  service            = each.value
  disable_on_destroy = false
}
