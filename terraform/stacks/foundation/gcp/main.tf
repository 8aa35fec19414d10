locals {
  # A part that is off has no key either: turning analytics off takes its data set, and nothing else is encrypted with that key.
  domains = setunion(["logs", "messaging", "storage"], local.features.analytics ? ["analytics"] : [])
}

# One by one, and not depends_on for the module: then a service that is switched on would leave every agent unknown, and each grant would
# be taken away and given again, with the archive unable to write in between.
locals {
  activated = {
    analytics = "bigquery.googleapis.com"
    logs      = "logging.googleapis.com"
    messaging = "pubsub.googleapis.com"
    storage   = "storage.googleapis.com"
  }
  services = { for domain in local.domains : domain => google_project_service.required[local.activated[domain]].id }
}

module "keys" {
  source = "../../../modules/gcp/keys"

  deletion_window_days = local.settings.key_deletion_days
  domains              = local.domains
  prefix               = var.prefix
  project              = google_project_service.required["cloudkms.googleapis.com"].project
  project_number       = var.google.project_number
  region               = var.google.region
  rotation_days        = local.settings.key_rotation_days
  services             = local.services
}

module "logs" {
  source = "../../../modules/gcp/logs"

  audit          = { for service, types in local.settings.audit : "${service}.googleapis.com" => types if length(types) > 0 }
  key            = module.keys.keys.logs
  prefix         = var.prefix
  project        = google_project_service.required["logging.googleapis.com"].project
  region         = var.google.region
  retention_days = local.settings.log_retention_days
}

module "network" {
  source = "../../../modules/gcp/network"
  count  = local.features.network ? 1 : 0

  allowed_egress    = merge(local.egress, var.network.allowed_egress)
  cidr              = var.network.google_cidr
  flow_log_sampling = local.features.flow_logs ? local.settings.flow_sampling : 0
  nat               = local.features.nat
  prefix            = var.prefix
  project           = google_project_service.required["compute.googleapis.com"].project
  region            = var.google.region
}

locals {
  # With a way out, the bridge goes to the other cloud through it: by name, to the two services that it calls, and to nothing beside them.
  egress = local.features.nat ? {
    sns = { fqdns = ["sns.${var.aws.region}.amazonaws.com"], ports = [443] }
    sts = { fqdns = ["sts.${var.aws.region}.amazonaws.com"], ports = [443] }
  } : {}
}

module "budget" {
  source = "../../../modules/gcp/budget"
  count  = local.features.budgets && var.google.billing_account != null ? 1 : 0

  billing_account = var.google.billing_account
  emails          = var.contacts.emails
  key             = module.keys.keys.messaging
  monthly_usd     = var.budget.gcp_usd
  prefix          = var.prefix
  project         = google_project_service.required["billingbudgets.googleapis.com"].project
  project_number  = var.google.project_number
  region          = var.google.region
}
