# Applied once, by an administrator, with the state on the administrator's machine; then the state is moved into the bucket that it made
# (docs/ci-trust.md).
module "profile" {
  source = "../../../modules/aws/profile"

  cost_profile = var.cost_profile
  features     = var.features
}

module "state" {
  source = "../../../modules/aws/state"

  deletion_protection  = var.deletion_protection
  deletion_window_days = module.profile.settings.key_deletion_days
  prefix               = var.prefix
  rotation_days        = module.profile.settings.key_rotation_days
}

module "ci_trust" {
  source = "../../../modules/aws/ci_trust"
  count  = var.github == null ? 0 : 1

  environment  = var.environment
  github       = var.github
  lock_table   = module.state.lock_table
  prefix       = var.prefix
  state_bucket = module.state.bucket
  state_key    = module.state.key
}
