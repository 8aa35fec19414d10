# The other cloud's names are derived, never read: its archive, the role there that lists it, and that of the ledger there.
module "ledger" {
  source = "../../../modules/gcp/ledger"
  count  = local.features.ledger ? 1 : 0

  bucket              = module.archive.bucket
  channels            = module.observability.channels
  deletion_protection = var.deletion_protection
  image               = local.image
  network             = lookup(local.networks, "ledger", null)
  other_bucket        = "${var.prefix}-archive-${var.aws.account_id}-${var.aws.region}"
  other_ledger        = "${var.prefix}-ledger"
  pool                = module.identity.pool
  prefix              = var.prefix
  project             = google_project_service.required["cloudscheduler.googleapis.com"].project
  region              = var.google.region
  settings            = { every_minutes = local.settings.ledger.every_minutes, window_hours = local.settings.ledger.window_hours }

  environment_variables = {
    ISTHMUS_AWS_REGION   = var.aws.region
    ISTHMUS_AWS_ROLE_ARN = "arn:aws:iam::${var.aws.account_id}:role/${var.prefix}-google-ledger"
    ISTHMUS_ENVIRONMENT  = var.environment
  }
}
