output "keys" {
  description = "ARN of the key of each domain."
  value       = { for domain, key in aws_kms_key.domain : domain => key.arn }
}
