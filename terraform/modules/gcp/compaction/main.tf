# Writes the days of the archive as Parquet, by a schedule. The other cloud has the same function, which writes the same bytes into its own.
locals {
  # No day is begun after the limit; one takes minutes at most (docs/analytics.md), so none is cut off.
  timeout_seconds = 900
  limit_seconds   = 480
}

module "function" {
  source = "../function"

  deletion_protection = var.deletion_protection
  description         = "Writes the archive's days as Parquet."
  image               = var.image
  invokers            = { schedule = "serviceAccount:${google_service_account.schedule.email}" }
  network             = var.network
  prefix              = var.prefix
  project             = var.project
  region              = var.region
  role                = "compact"

  # Files are memory here, and a day is brought into order in files, of ten times its size as stored.
  settings = { concurrency = 1, max_instances = 1, memory_mb = 4096, timeout_seconds = local.timeout_seconds }

  environment_variables = merge(var.environment_variables, {
    ISTHMUS_BUCKET               = var.bucket
    ISTHMUS_DAY_BYTES            = tostring(1000000 * var.settings.day_mb)
    ISTHMUS_GCP_PROJECT          = var.project
    ISTHMUS_LIMIT_SECONDS        = tostring(local.limit_seconds)
    ISTHMUS_LOOKBACK_DAYS        = tostring(var.settings.lookback_days)
    ISTHMUS_PUSH_AUDIENCE        = "${var.prefix}-compact"
    ISTHMUS_PUSH_SERVICE_ACCOUNT = google_service_account.schedule.email
  })
}

# What the schedule calls the service as, and all that it may.
resource "google_service_account" "schedule" {
  project      = var.project
  account_id   = "${var.prefix}-compactor"
  display_name = "${var.prefix}-compactor"
  description  = "What the schedule of the compaction calls it as."
}

# It has no dead letters: the alarm compaction-stopped tells of calls that fail. They are not tried again: the next run goes on where this
# one ended.
resource "google_cloud_scheduler_job" "this" {
  project          = var.project
  region           = var.region
  name             = "${var.prefix}-compact"
  description      = "When the archive is compacted."
  attempt_deadline = "${local.timeout_seconds}s"
  schedule         = var.settings.every_hours == 1 ? "20 * * * *" : "20 */${var.settings.every_hours} * * *"
  time_zone        = "Etc/UTC"

  http_target {
    http_method = "POST"
    uri         = "${module.function.url}/run"

    oidc_token {
      audience              = "${var.prefix}-compact"
      service_account_email = google_service_account.schedule.email
    }
  }

  retry_config {
    retry_count = 0
  }
}
