output "checks" {
  description = "Id of the check of each path."
  value       = { for path, check in google_monitoring_uptime_check_config.this : path => check.uptime_check_id }
}
