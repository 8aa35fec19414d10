output "alarms" {
  description = "Names of the alarms."
  value       = sort(concat([for policy in google_monitoring_alert_policy.figure : policy.display_name], [google_monitoring_alert_policy.unknown.display_name]))
}

output "identity" {
  description = "E-mail address of the service account that it runs as."
  value       = module.function.identity
}

output "identity_unique_id" {
  description = "Unique id of that service account, which AWS knows it by."
  value       = module.function.identity_unique_id
}

output "name" {
  description = "Name of the service."
  value       = module.function.name
}
