output "topic" {
  description = "Resource name of the topic that every alert is published to."
  value       = google_pubsub_topic.budget.id
}
