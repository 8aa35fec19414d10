locals {
  # Days by class; 0 days is never.
  transitions = { for class, days in { ARCHIVE = var.lifecycle_days.archive, NEARLINE = var.lifecycle_days.infrequent } : class => days if days > 0 }
}

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

  dynamic "lifecycle_rule" {
    for_each = local.transitions

    content {
      action {
        type          = "SetStorageClass"
        storage_class = lifecycle_rule.key
      }

      condition {
        age        = lifecycle_rule.value
        with_state = "LIVE"
      }
    }
  }

  dynamic "lifecycle_rule" {
    for_each = var.lifecycle_days.expire > 0 ? ["expire"] : []

    content {
      action {
        type = "Delete"
      }

      condition {
        age            = var.lifecycle_days.expire
        matches_prefix = ["compacted/", "events/"]
        with_state     = "LIVE"
      }
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
