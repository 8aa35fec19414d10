# The APIs that this layer calls, and those whose service agents get a key here. Left on when the stack goes: others may use them.
# A new project has no Pub/Sub service agent before it is asked for, once: gcloud beta services identity create
# --service=pubsub.googleapis.com.
resource "google_project_service" "required" {
  for_each = setunion(
    [
      "cloudkms.googleapis.com",
      "logging.googleapis.com",
      "monitoring.googleapis.com",
      "pubsub.googleapis.com",
      "storage.googleapis.com",
    ],
    local.features.analytics ? ["bigquery.googleapis.com"] : [],
    local.features.budgets ? ["billingbudgets.googleapis.com"] : [],
    local.features.network ? ["compute.googleapis.com", "dns.googleapis.com", "servicedirectory.googleapis.com"] : [],
  )

  project            = var.google.project
  service            = each.value
  disable_on_destroy = false
}
