output "addresses" {
  description = "Addresses that it answers at; they stay as long as it does."
  value       = flatten(aws_globalaccelerator_accelerator.this.ip_sets[*].ip_addresses)
}
