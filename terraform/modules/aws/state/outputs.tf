output "bucket" {
  description = "Name of the bucket that holds the states."
  value       = module.bucket.bucket
}

output "key" {
  description = "ARN of the key that encrypts them."
  value       = aws_kms_key.state.arn
}

output "lock_table" {
  description = "Name of the table that older tooling locks with."
  value       = aws_dynamodb_table.lock.name
}
