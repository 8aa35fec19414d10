module "profile" {
  source = "../../../modules/gcp/profile"

  cost_profile = var.cost_profile
  features     = var.features
}

locals {
  features = module.profile.features
  settings = module.profile.settings
}
