resource "google_storage_bucket" "archive" {
  #checkov:skip=CKV_GCP_62:Object access is recorded by data access audit logs in the foundation layer; usage logs arrive late.
  project                     = var.project
  name                        = "${var.prefix}-archive-${var.project}"
  location                    = var.region
  force_destroy               = !var.deletion_protection
  public_access_prevention    = "enforced"
  storage_class               = "STANDARD"
  uniform_bucket_level_access = true

  encryption {
    default_kms_key_name = var.key
  }

  # Versions already bring back what was deleted. The default of 7 days would bill for every object twice over.
  soft_delete_policy {
    retention_duration_seconds = var.soft_delete_days * 24 * 60 * 60
  }

  versioning {
    enabled = true
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }

    condition {
      days_since_noncurrent_time = var.noncurrent_days
      with_state                 = "ARCHIVED"
    }
  }

  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }

    condition {
      age = 7
    }
  }
}
