# The way back, off by default: AWS DataSync reads Cloud Storage by HMAC key only, the one static credential of the whole. It is an
# account's that can read this bucket, and nothing else.
resource "google_service_account" "datasync" {
  count = var.hmac_key ? 1 : 0

  project      = var.project
  account_id   = "${var.prefix}-datasync"
  display_name = "${var.prefix}: DataSync"
  description  = "What AWS DataSync reads the archive as."
}

resource "google_storage_bucket_iam_member" "datasync" {
  count = var.hmac_key ? 1 : 0

  bucket = var.bucket
  role   = "roles/storage.objectViewer"
  member = "serviceAccount:${google_service_account.datasync[0].email}"
}

# The secret is in the state, which is encrypted, and in the output, which is marked sensitive.
resource "google_storage_hmac_key" "datasync" {
  count = var.hmac_key ? 1 : 0

  project               = var.project
  service_account_email = google_service_account.datasync[0].email
}
