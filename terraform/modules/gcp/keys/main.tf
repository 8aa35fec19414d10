locals {
  # What is encrypted, and the service agent that does it. Functions need no grant: the services encrypt for them.
  agents = {
    analytics = one(data.google_bigquery_default_service_account.this[*].member)
    logs      = one([for settings in data.google_logging_project_cmek_settings.this : "serviceAccount:${settings.service_account_id}"])
    messaging = "serviceAccount:service-${var.project_number}@gcp-sa-pubsub.iam.gserviceaccount.com"
    storage   = one(data.google_storage_project_service_account.this[*].member)
  }
}

# Reading each is also what makes Google create it, where the project never used the service: so it waits for the service, as the first
# word of an activation's id is not known before. Once on it is known while planning, and no grant is taken away when another is switched.
data "google_bigquery_default_service_account" "this" {
  count = contains(var.domains, "analytics") ? 1 : 0

  project = split("/", coalesce(var.services.analytics, var.project))[0]
}

data "google_logging_project_cmek_settings" "this" {
  count = contains(var.domains, "logs") ? 1 : 0

  project = split("/", coalesce(var.services.logs, var.project))[0]
}

data "google_storage_project_service_account" "this" {
  count = contains(var.domains, "storage") ? 1 : 0

  project = split("/", coalesce(var.services.storage, var.project))[0]
}

# A key ring can't be deleted, and its name can't be used again: after a destroy, import it.
resource "google_kms_key_ring" "this" {
  project  = var.project
  name     = "${var.prefix}-${var.region}"
  location = var.region
}

# No prevent_destroy: it can't follow an environment, and a dev is gone with one destroy. What protects a key is the deletion window, in
# which a destroyed version is taken back, and that the apply identity of CI may create keys but not destroy a version (module ci_trust).
resource "google_kms_crypto_key" "domain" {
  #checkov:skip=CKV_GCP_43:rotation_days is validated to be 90 at most.
  #checkov:skip=CKV_GCP_82:The deletion window and a permission that CI lacks protect it; prevent_destroy can't follow an environment.
  for_each = var.domains

  name                       = each.key
  key_ring                   = google_kms_key_ring.this.id
  destroy_scheduled_duration = "${var.deletion_window_days * 24 * 60 * 60}s"
  purpose                    = "ENCRYPT_DECRYPT"
  rotation_period            = "${var.rotation_days * 24 * 60 * 60}s"

  version_template {
    algorithm        = "GOOGLE_SYMMETRIC_ENCRYPTION"
    protection_level = "SOFTWARE"
  }
}

# On its own key alone: the agent of one service can't read what another's key protects.
resource "google_kms_crypto_key_iam_member" "agent" {
  for_each = var.domains

  crypto_key_id = google_kms_crypto_key.domain[each.key].id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = local.agents[each.key]

  depends_on = [var.services]
}
