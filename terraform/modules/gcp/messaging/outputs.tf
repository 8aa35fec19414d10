output "dead_letters" {
  description = "Dead-letter topic and its subscription, of each consumer."
  value = {
    for name, topic in google_pubsub_topic.dead_letter : name => {
      subscription = google_pubsub_subscription.dead_letter[name].id
      topic        = topic.id
    }
  }
}

output "push_identity" {
  description = "E-mail address of the service account that push requests are signed as."
  value       = google_service_account.push.email
}

output "queues" {
  description = "Subscription of each consumer."
  value       = { for name, subscription in google_pubsub_subscription.consumer : name => subscription.id }
}

output "topic" {
  description = "Resource name of the topic that frames are published to."
  value       = google_pubsub_topic.events.id
}
