# What the other cloud's archive has and this one lacks, copied. The bridge brings every frame over by itself; this is for what it could
# not, and for a bucket that must be filled again. The same frame has the same key and the same bytes on both, so what is there stays.

# Storage Transfer's own account in this project. Reading it is what makes Google create it.
data "google_storage_transfer_project_service_account" "this" {
  project = var.project
}

# It may look, and make what is missing; it may not overwrite, and not delete.
resource "google_storage_bucket_iam_member" "transfer" {
  for_each = {
    create = "roles/storage.objectCreator"
    list   = "roles/storage.legacyBucketReader"
    read   = "roles/storage.legacyObjectReader"
  }

  bucket = var.bucket
  role   = each.value
  member = data.google_storage_transfer_project_service_account.this.member
}

# No key of AWS: the account's own identity token is exchanged for the role, which trusts its subject id and nothing else.
resource "google_storage_transfer_job" "s3" {
  project     = var.project
  description = "${var.prefix}: what S3 has and this archive lacks."

  transfer_spec {
    aws_s3_data_source {
      bucket_name = var.source_bucket
      role_arn    = var.source_role
    }

    gcs_data_sink {
      bucket_name = var.bucket
    }

    # Quarantine too is in both archives: everything that is under one of the two.
    object_conditions {
      include_prefixes                         = ["events/", "quarantine/"]
      min_time_elapsed_since_last_modification = "3600s" # what is younger, the bridge is still bringing
    }

    transfer_options {
      overwrite_when = "NEVER"
    }
  }

  schedule {
    repeat_interval = "${var.interval_hours * 60 * 60}s"

    # A day that has passed: it runs from the day on which it is made.
    schedule_start_date {
      day   = 1
      month = 1
      year  = 2026
    }
  }

  # A copy that succeeded is told too: it is what the bridge did not bring (alarm replication-gap).
  logging_config {
    log_action_states = ["FAILED", "SUCCEEDED"]
    log_actions       = ["COPY", "FIND"]
  }

  depends_on = [google_storage_bucket_iam_member.transfer]
}
