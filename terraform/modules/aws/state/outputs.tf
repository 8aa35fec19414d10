output "bucket" {
  description = "Name of the bucket that holds the states."
  value       = aws_s3_bucket.state.bucket
}

output "key" {
  description = "ARN of the key that encrypts them."
  value       = aws_kms_key.state.arn
}

output "lock_table" {
  description = "Name of the table that older tooling locks with."
  value       = aws_dynamodb_table.lock.name
}
