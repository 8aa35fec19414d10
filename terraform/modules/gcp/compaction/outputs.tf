output "alarms" {
  description = "Names of the alarms."
  value       = [google_monitoring_alert_policy.stopped.display_name, google_monitoring_alert_policy.too_large.display_name]
}

output "identity" {
  description = "E-mail address of the service account that it runs as."
  value       = module.function.identity
}

output "name" {
  description = "Name of the service."
  value       = module.function.name
}
