output "egress_addresses" {
  description = "Addresses that requests to the internet come from; none without nat."
  value       = [for zone in sort(keys(local.public)) : aws_eip.nat[zone].public_ip]
}

output "network" {
  description = "Id of the VPC."
  value       = aws_vpc.this.id
}

output "subnets" {
  description = "Ids of the private subnets, by zone."
  value       = [for zone in local.zones : aws_subnet.private[zone].id]
}
