provider "google" {
  project = var.google.project
  region  = var.google.region

  default_labels = {
    environment = var.environment
    layer       = "edge"
    managed_by  = "terraform"
    project     = "isthmus"
  }
}
