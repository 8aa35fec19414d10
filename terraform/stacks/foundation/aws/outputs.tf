output "boundary" {
  description = "ARN of the permissions boundary of every role."
  value       = module.boundary.arn
}

output "budget_topic" {
  description = "Topic that budget alerts are published to; null without budgets."
  value       = one(module.budget[*].topic)
}

output "egress_addresses" {
  description = "Addresses that requests to the internet come from; none without nat."
  value       = flatten(module.network[*].egress_addresses)
}

output "keys" {
  description = "ARN of the key of each domain."
  value       = module.keys.keys
}

output "logs" {
  description = "Name of the bucket of records."
  value       = module.logs.bucket
}

output "network" {
  description = "Id of the VPC; null without one."
  value       = one(module.network[*].network)
}

output "subnets" {
  description = "Ids of the private subnets."
  value       = flatten(module.network[*].subnets)
}
