# The way in from the internet, by flag: without a name there is no certificate, and without one no load balancer.
locals {
  domain = local.features.edge ? var.failover.domain : null
}

module "certificate" {
  source = "../../../modules/gcp/certificate"
  count  = local.features.edge ? 1 : 0

  domain  = local.domain
  prefix  = var.prefix
  project = google_project_service.required["certificatemanager.googleapis.com"].project
}

module "ingest" {
  source = "../../../modules/gcp/ingest"
  count  = local.features.edge ? 1 : 0

  certificate_map = module.certificate[0].map
  domain          = local.domain
  log_sampling    = local.settings.api.log_sampling
  prefix          = var.prefix
  project         = google_project_service.required["compute.googleapis.com"].project
  rate_per_minute = local.settings.api.rate_per_minute
  region          = var.google.region
  service         = module.function["ingest"].name
}
