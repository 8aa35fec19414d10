output "features" {
  description = "Every flag, on or off."
  value       = local.switched

  # What is asked for by name must not be planned as nothing in silence.
  precondition {
    condition     = length(local.orphans) == 0
    error_message = "features: ${join(", ", [for flag in local.orphans : "${flag} is a part of ${local.parents[flag]}, which is off"])}; switch that on, or the part off."
  }

  precondition {
    condition     = !local.switched.edge || local.switched.network
    error_message = "features: edge is on and network is off; on AWS the front of the edge stands in the network, so switch network on."
  }
}

output "settings" {
  description = "The profile's figures, as in the table."
  value       = local.profiles[var.cost_profile]
}
