provider "google" {
  project = var.google.project
  region  = var.google.region

  default_labels = {
    environment = var.environment
    layer       = "bootstrap"
    managed_by  = "terraform"
    project     = "isthmus"
  }
}
