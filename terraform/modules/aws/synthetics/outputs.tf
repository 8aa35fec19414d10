output "name" {
  description = "Name of the canary."
  value       = aws_synthetics_canary.this.name
}
