output "alarms" {
  description = "Names of the alarms."
  value = sort(concat(
    [for policy in google_monitoring_alert_policy.this : policy.display_name],
    [for policy in google_monitoring_alert_policy.logged : policy.display_name],
    [for policy in google_monitoring_alert_policy.burn : policy.display_name],
  ))
}

output "channels" {
  description = "Ids of the channels that alarms go to."
  value       = local.channels
}

output "topic" {
  description = "Topic that alarms are published to."
  value       = google_pubsub_topic.alarms.id
}
