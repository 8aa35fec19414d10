output "identities" {
  description = "Service account of CI for each: apply, plan, push; none without a repository."
  value       = try(module.ci_trust[0].identities, {})
}

output "images" {
  description = "Address that the image of the Cloud Run services is pushed to."
  value       = module.images.repository.address
}

output "provider" {
  description = "Provider that workflows exchange their token at; null without a repository."
  value       = one(module.ci_trust[*].provider)
}

output "state" {
  description = "Where the states of the other layers are: bucket and key of the backend."
  value = {
    bucket = module.state.bucket
    key    = module.state.key
  }
}
