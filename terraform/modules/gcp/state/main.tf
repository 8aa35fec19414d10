# The state's own key, in a ring of its own: who administers the foundation's keys can't make the state unreadable.
resource "google_kms_key_ring" "state" {
  project  = var.project
  name     = "${var.prefix}-state-${var.region}"
  location = var.region
}

resource "google_kms_crypto_key" "state" {
  #checkov:skip=CKV_GCP_43:rotation_days is validated to be 90 at most.
  #checkov:skip=CKV_GCP_82:The deletion window brings a destroyed version back; prevent_destroy can't follow an environment.
  name                       = "state"
  key_ring                   = google_kms_key_ring.state.id
  destroy_scheduled_duration = "${var.deletion_window_days * 24 * 60 * 60}s"
  purpose                    = "ENCRYPT_DECRYPT"
  rotation_period            = "${var.rotation_days * 24 * 60 * 60}s"

  version_template {
    algorithm        = "GOOGLE_SYMMETRIC_ENCRYPTION"
    protection_level = "SOFTWARE"
  }
}

# Reading it is what makes Google create it, where no bucket was ever made in the project.
data "google_storage_project_service_account" "this" {
  project = var.project
}

resource "google_kms_crypto_key_iam_member" "storage" {
  crypto_key_id = google_kms_crypto_key.state.id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = data.google_storage_project_service_account.this.member
}

# One object a stack, and beside it a lock object while somebody applies. No retention policy: a lock must be deleted to be given back.
# TLS only is what the Cloud Storage API is; there is no plain HTTP with credentials to refuse.
resource "google_storage_bucket" "state" {
  #checkov:skip=CKV_GCP_62:Reads and writes are recorded by data access audit logs (module logs); usage logs arrive late.
  project                     = var.project
  name                        = "${var.prefix}-state-${var.project}"
  location                    = var.region
  force_destroy               = !var.deletion_protection
  public_access_prevention    = "enforced"
  storage_class               = "STANDARD"
  uniform_bucket_level_access = true

  encryption {
    default_kms_key_name = google_kms_crypto_key.state.id
  }

  # A state is a few kilobytes: a week in which even deleted versions come back costs nothing to speak of.
  soft_delete_policy {
    retention_duration_seconds = 7 * 24 * 60 * 60
  }

  versioning {
    enabled = true
  }

  # Both must hold: an old version goes once it is old AND enough newer ones exist. A stack that is seldom applied keeps its last ones.
  lifecycle_rule {
    action {
      type = "Delete"
    }

    condition {
      days_since_noncurrent_time = var.noncurrent_days
      num_newer_versions         = var.noncurrent_versions
      with_state                 = "ARCHIVED"
    }
  }

  depends_on = [google_kms_crypto_key_iam_member.storage]
}
