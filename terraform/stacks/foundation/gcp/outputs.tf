output "budget_topic" {
  description = "Topic that budget alerts are published to; null without budgets."
  value       = one(module.budget[*].topic)
}

output "egress_addresses" {
  description = "Addresses that requests to the internet come from; none without nat."
  value       = flatten(module.network[*].egress_addresses)
}

output "keys" {
  description = "Resource name of the key of each domain."
  value       = module.keys.keys
}

output "logs" {
  description = "Resource name of the bucket of logs."
  value       = module.logs.bucket
}

output "network" {
  description = "Resource name of the network; null without one."
  value       = one(module.network[*].network)
}

output "subnets" {
  description = "Resource names of the private subnets."
  value       = flatten(module.network[*].subnets)
}
