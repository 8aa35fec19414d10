# The repository of the Cloud Run services' image. Only the push identity of CI writes here (module ci_trust), and Cloud Run reads.
resource "google_artifact_registry_repository" "this" {
  #checkov:skip=CKV_GCP_84:The image is the project's public code: no event and no secret is in it. Google encrypts it with a key of its own.
  project       = var.project
  location      = var.region
  repository_id = var.prefix
  description   = "Image of the Cloud Run services."
  format        = "DOCKER"
  mode          = "STANDARD_REPOSITORY"

  # What runs is named by digest; a tag that could be moved would name another image tomorrow.
  docker_config {
    immutable_tags = true
  }

  # Old ones go, the newest stay however old they are. Cloud Run keeps a copy of what it runs.
  cleanup_policy_dry_run = false

  cleanup_policies {
    id     = "old"
    action = "DELETE"

    condition {
      older_than = "${var.retention_days * 24 * 60 * 60}s"
      tag_state  = "ANY"
    }
  }

  cleanup_policies {
    id     = "newest"
    action = "KEEP"

    most_recent_versions {
      keep_count = var.keep
    }
  }

  # Each image is scanned where the project has switched containerscanning.googleapis.com on, which bills by image.
  vulnerability_scanning_config {
    enablement_config = "INHERITED"
  }
}

# Cloud Run's agent reads what its own project has by its own role. The agents of other projects, which run the same image, are let in here.
resource "google_artifact_registry_repository_iam_member" "reader" {
  for_each = var.readers

  project    = google_artifact_registry_repository.this.project
  location   = google_artifact_registry_repository.this.location
  repository = google_artifact_registry_repository.this.name
  role       = "roles/artifactregistry.reader"
  member     = "serviceAccount:service-${each.value}@serverless-robot-prod.iam.gserviceaccount.com"
}
