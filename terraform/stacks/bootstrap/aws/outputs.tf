output "identities" {
  description = "Role of CI for each: apply, plan; none without a repository."
  value       = try(module.ci_trust[0].identities, {})
}

output "state" {
  description = "Where the states of the other layers are: bucket, key and lock table of the backend."
  value = {
    bucket     = module.state.bucket
    key        = module.state.key
    lock_table = module.state.lock_table
  }
}
