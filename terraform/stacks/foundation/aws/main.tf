module "profile" {
  source = "../../../modules/aws/profile"

  cost_profile = var.cost_profile
  features     = var.features
}

locals {
  features = module.profile.features
  settings = module.profile.settings

  # A part that is off has no key either: nothing else is encrypted with that key.
  domains = setunion(["logs", "messaging", "storage"], local.features.analytics ? ["analytics"] : [])
}

module "keys" {
  source = "../../../modules/aws/keys"

  deletion_window_days = local.settings.key_deletion_days
  domains              = local.domains
  prefix               = var.prefix
  rotation_days        = local.settings.key_rotation_days
}

module "boundary" {
  source = "../../../modules/aws/boundary"

  prefix = var.prefix
}

module "logs" {
  source = "../../../modules/aws/logs"

  audit               = local.settings.audit
  deletion_protection = var.deletion_protection
  key                 = module.keys.keys.logs
  prefix              = var.prefix
  retention_days      = local.settings.log_retention_days
}

module "network" {
  source = "../../../modules/aws/network"
  count  = local.features.network ? 1 : 0

  accelerated         = local.features.edge
  boundary            = module.boundary.arn
  cidr                = var.network.aws_cidr
  flow_logs           = local.features.flow_logs ? { key = module.keys.keys.logs, retention_days = local.settings.log_retention_days } : null
  interface_endpoints = local.settings.interface_endpoints
  nat                 = local.features.nat
  prefix              = var.prefix
}

module "budget" {
  source = "../../../modules/aws/budget"
  count  = local.features.budgets ? 1 : 0

  emails      = var.contacts.emails
  environment = var.environment
  key         = module.keys.keys.messaging
  monthly_usd = var.budget.aws_usd
  prefix      = var.prefix
}
