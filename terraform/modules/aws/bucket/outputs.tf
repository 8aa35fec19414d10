output "arn" {
  description = "ARN of the bucket, for policies."
  value       = aws_s3_bucket.this.arn
}

output "bucket" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.this.bucket
}

output "settled" {
  description = "Name of the bucket, once it is versioned and its policy allows what it should: for what S3 or a service refuses before."
  value       = aws_s3_bucket.this.bucket

  depends_on = [aws_s3_bucket_policy.this, aws_s3_bucket_versioning.this]
}
