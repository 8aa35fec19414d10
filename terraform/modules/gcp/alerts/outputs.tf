output "dead_letters" {
  description = "Name of the subscription with what could not be told."
  value       = google_pubsub_subscription.dead_letter.name
}

output "queue" {
  description = "Names of the subscriptions that messages wait in, by topic."
  value       = { for name, subscription in google_pubsub_subscription.alert : name => subscription.name }
}
