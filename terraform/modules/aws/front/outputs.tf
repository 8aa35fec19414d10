output "addresses" {
  description = "Addresses that it answers at; they stay as long as it does."
  value       = [for index in range(2) : aws_globalaccelerator_accelerator.this.ip_sets[0].ip_addresses[index]] # two, which is known before they are
}
