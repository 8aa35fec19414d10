output "bucket" {
  description = "Name of the bucket that holds the frames."
  value       = aws_s3_bucket.archive.bucket
}

output "bucket_arn" {
  description = "ARN of the bucket, for policies."
  value       = aws_s3_bucket.archive.arn
}
