output "repository" {
  description = "The repository: its id, and the address that images are pushed to and named by."
  value = {
    address = "${google_artifact_registry_repository.this.location}-docker.pkg.dev/${google_artifact_registry_repository.this.project}/${google_artifact_registry_repository.this.repository_id}"
    id      = google_artifact_registry_repository.this.repository_id
  }
}
