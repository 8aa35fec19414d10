output "features" {
  description = "Every flag, on or off."
  value       = { for flag in local.flags : flag => lookup(var.features, flag, contains(local.features[var.cost_profile], flag)) }
}

output "settings" {
  description = "The profile's figures, as in the table."
  value       = local.profiles[var.cost_profile]
}
