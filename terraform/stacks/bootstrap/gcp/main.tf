# Applied once, by an administrator: the bucket for the states of every other stack, and who may change them. Its own state begins on the
# administrator's disk and is moved into the bucket (`terraform init -migrate-state`).

module "state" {
  source = "../../../modules/gcp/state"

  deletion_protection  = var.deletion_protection
  deletion_window_days = local.settings.key_deletion_days
  noncurrent_days      = local.settings.noncurrent_days
  prefix               = var.prefix
  project              = google_project_service.required["storage.googleapis.com"].project
  region               = var.google.region
  rotation_days        = local.settings.key_rotation_days

  # Before Cloud Storage is on nobody can say who its agent is.
  depends_on = [google_project_service.required]
}

# Here and not in a layer that CI applies: the image must be there before the first platform, and nobody in CI may change who pushes it.
module "images" {
  source = "../../../modules/gcp/images"

  prefix  = var.prefix
  project = google_project_service.required["artifactregistry.googleapis.com"].project
  readers = var.image_readers
  region  = var.google.region
}

module "ci_trust" {
  source = "../../../modules/gcp/ci_trust"
  count  = var.github == null ? 0 : 1

  billing_account = local.features.budgets ? var.google.billing_account : null
  environment     = var.environment
  github          = var.github
  images          = { location = var.google.region, repository = module.images.repository.id }
  prefix          = var.prefix
  project         = google_project_service.required["sts.googleapis.com"].project
  state_bucket    = module.state.bucket
}
