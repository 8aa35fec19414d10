# What the archives lack, as figures with alarms: a service that lists the last hours of both, by a schedule. The other cloud has the same
# one, so that either is watched while the other is out.
locals {
  # A run ends before the next one begins, so there is one at a time; what is not compared in time is told, and not cut off.
  timeout_seconds = 120
  limit_seconds   = local.timeout_seconds - 20
}

module "function" {
  source = "../function"

  deletion_protection = var.deletion_protection
  description         = "Compares the last hours of both archives."
  image               = var.image
  invokers            = { schedule = "serviceAccount:${google_service_account.schedule.email}" }
  network             = var.network
  prefix              = var.prefix
  project             = var.project
  region              = var.region
  role                = "ledger"

  settings = { concurrency = 1, max_instances = 1, timeout_seconds = local.timeout_seconds }

  environment_variables = merge(var.environment_variables, {
    ISTHMUS_BUCKET               = var.bucket
    ISTHMUS_GCP_PROJECT          = var.project
    ISTHMUS_LIMIT_SECONDS        = tostring(local.limit_seconds)
    ISTHMUS_OTHER_BUCKET         = var.other_bucket
    ISTHMUS_PUSH_AUDIENCE        = "${var.prefix}-ledger"
    ISTHMUS_PUSH_SERVICE_ACCOUNT = google_service_account.schedule.email
    ISTHMUS_WINDOW_HOURS         = tostring(var.settings.window_hours)
  })
}

# What the schedule calls the service as, and all that it may.
resource "google_service_account" "schedule" {
  project      = var.project
  account_id   = "${var.prefix}-schedule"
  display_name = "${var.prefix}-schedule"
  description  = "What the schedule of the ledger calls it as."
}

# It has no dead letters: a call that fails is a comparison that is missing, which the alarm replication-unknown tells of. It is not tried
# again, since the next one sees more.
resource "google_cloud_scheduler_job" "this" {
  project          = var.project
  region           = var.region
  name             = "${var.prefix}-ledger"
  description      = "When the archives are compared."
  attempt_deadline = "${local.timeout_seconds}s"
  schedule         = var.settings.every_minutes == 60 ? "0 * * * *" : "*/${var.settings.every_minutes} * * * *"
  time_zone        = "Etc/UTC"

  http_target {
    http_method = "POST"
    uri         = "${module.function.url}/run"

    oidc_token {
      audience              = "${var.prefix}-ledger"
      service_account_email = google_service_account.schedule.email
    }
  }

  retry_config {
    retry_count = 0
  }
}
