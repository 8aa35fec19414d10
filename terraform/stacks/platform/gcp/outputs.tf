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

output "identities" {
  description = "E-mail address of the service account of each function."
  value       = { for role, function in module.function : role => function.identity }
}

output "ingest_url" {
  description = "Base URL that senders use."
  value       = module.function["ingest"].url
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
  description = "Unique ids of the service accounts that publish on AWS: put them into the environment, for the other stack."
  value       = { for role in ["bridge", "ingest"] : role => module.function[role].identity_unique_id }
}

output "topic" {
  description = "Resource name of the topic that frames are published to."
  value       = module.messaging.topic
}
