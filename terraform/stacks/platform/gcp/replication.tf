# The other cloud's names are derived, never read: its archive, and the role there that Storage Transfer takes on.
module "replication" {
  source = "../../../modules/gcp/replication"
  count  = local.features.replication ? 1 : 0

  bucket         = module.archive.bucket
  hmac_key       = local.features.datasync
  interval_hours = local.settings.replication_hours
  prefix         = var.prefix
  project        = google_project_service.transfer[0].project
  source_bucket  = "${var.prefix}-archive-${var.aws.account_id}-${var.aws.region}"
  source_role    = "arn:aws:iam::${var.aws.account_id}:role/${var.prefix}-transfer"

  # Before it is on nobody can say who Storage Transfer's agent is.
  depends_on = [google_project_service.transfer]
}
