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
    local.features.analytics || local.features.ledger ? ["cloudscheduler.googleapis.com"] : [],
    local.features.tracing ? ["cloudtrace.googleapis.com", "telemetry.googleapis.com"] : [],
  )

  project            = var.google.project
  service            = each.value
  disable_on_destroy = false
}

# By itself, since replication waits for it: who Storage Transfer's agent is can be looked up only once this is on. Would it wait for all of
# the above, one of them more would have the agent looked up again, and its grants taken and given anew.
resource "google_project_service" "transfer" {
  count = local.features.replication ? 1 : 0

  project            = var.google.project
  service            = "storagetransfer.googleapis.com"
  disable_on_destroy = false
}

moved {
  from = google_project_service.required["storagetransfer.googleapis.com"]
  to   = google_project_service.transfer[0]
}
