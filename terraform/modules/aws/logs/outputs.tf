output "bucket" {
  description = "Name of the bucket of records."
  value       = aws_s3_bucket.logs.bucket
}
