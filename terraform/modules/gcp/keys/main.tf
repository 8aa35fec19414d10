locals {
  # What is encrypted, and the service agent that does it. Functions need no grant: Pub/Sub and Storage encrypt for them.
  domains = {
    messaging = "serviceAccount:service-${var.project_number}@gcp-sa-pubsub.iam.gserviceaccount.com"
    storage   = data.google_storage_project_service_account.this.member
  }
}

# Reading it is what makes Google create it, where no bucket was ever made in the project.
data "google_storage_project_service_account" "this" {
  project = var.project
}

# A key ring can't be deleted, and its name can't be used again: after a destroy, import it.
resource "google_kms_key_ring" "this" {
  project  = var.project
  name     = "${var.prefix}-${var.region}"
  location = var.region
}

resource "google_kms_crypto_key" "domain" {
  #checkov:skip=CKV_GCP_82:A version that is destroyed can be taken back for the deletion window; prevent_destroy can't follow an environment.
  for_each = local.domains

  name                       = each.key
  key_ring                   = google_kms_key_ring.this.id
  destroy_scheduled_duration = "${var.deletion_window_days * 24 * 60 * 60}s"
  purpose                    = "ENCRYPT_DECRYPT"
  rotation_period            = "7776000s" # 90 days

  version_template {
    algorithm        = "GOOGLE_SYMMETRIC_ENCRYPTION"
    protection_level = "SOFTWARE"
  }
}

resource "google_kms_crypto_key_iam_member" "agent" {
  for_each = local.domains

  crypto_key_id = google_kms_crypto_key.domain[each.key].id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = each.value
}
