output "alarms_topic" {
  description = "ARN of the topic that alarms and drift are published to."
  value       = module.observability.topic
}

output "bucket" {
  description = "Bucket that holds the frames."
  value       = module.archive.bucket
}

output "dead_letters" {
  description = "Dead-letter queue of each consumer: its URL."
  value       = { for name, queue in module.messaging.dead_letters : name => queue.url }
}

output "functions" {
  description = "Name of each function."
  value       = { for role, function in module.function : role => function.name }
}

output "identities" {
  description = "ARN of the role of each function."
  value       = { for role, function in module.function : role => function.identity }
}

output "ingest_url" {
  description = "Base URL that senders use."
  value       = module.ingest.url
}

output "keys" {
  description = "ARN of the key of each domain."
  value       = local.keys
}

output "queues" {
  description = "Queue of each consumer: its URL."
  value       = { for name, queue in module.messaging.queues : name => queue.url }
}

output "topic" {
  description = "ARN of the topic that frames are published to."
  value       = module.messaging.topic
}
