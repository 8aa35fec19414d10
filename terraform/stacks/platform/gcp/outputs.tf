output "addresses" {
  description = "Addresses that ingest answers at, for `failover.addresses` of the environment; none without edge."
  value       = module.ingest[*].address
}

output "alarms" {
  description = "Names of the alarms."
  value       = module.observability.alarms
}

output "alarms_topic" {
  description = "Resource name of the topic that alarms and drift are published to."
  value       = module.observability.topic
}

output "bucket" {
  description = "Bucket that holds the frames."
  value       = module.archive.bucket
}

output "dead_letters" {
  description = "Dead-letter subscription of each consumer: its resource name."
  value       = { for name, letters in module.messaging.dead_letters : name => letters.subscription }
}

output "functions" {
  description = "Name of each function."
  value       = { for role, function in module.function : role => function.name }
}

output "hmac" {
  description = "Key for AWS DataSync; null without datasync."
  sensitive   = true
  value       = one(module.replication[*].hmac)

  precondition {
    condition     = local.features.replication || !local.features.datasync
    error_message = "features: datasync is the way back of replication, which is switched off; switch it on too."
  }
}

output "identities" {
  description = "E-mail address of the service account of each function."
  value       = { for role, function in module.function : role => function.identity }
}

output "ingest_url" {
  description = "Base URL that senders use."
  value       = coalesce(one(module.ingest[*].url), module.function["ingest"].url)
}

output "keys" {
  description = "Resource name of the key of each domain."
  value       = local.keys
}

output "queues" {
  description = "Subscription of each consumer: its resource name."
  value       = module.messaging.queues
}

output "service_account_ids" {
  description = "Unique ids of the service accounts that AWS lets in: put them into the environment, for the other stack."
  value = merge(
    { for role in ["bridge", "ingest"] : role => module.function[role].identity_unique_id },
    { for ledger in module.ledger : "ledger" => ledger.identity_unique_id },
    { for replication in module.replication : "transfer" => replication.subject_id },
  )
}

output "tables" {
  description = "Table of each type of event; none without analytics."
  value       = module.analytics.tables
}

output "topic" {
  description = "Resource name of the topic that frames are published to."
  value       = module.messaging.topic
}
