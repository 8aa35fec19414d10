output "bucket" {
  description = "Name of the bucket that holds the frames."
  value       = module.bucket.bucket
}

output "bucket_arn" {
  description = "ARN of the bucket, for policies."
  value       = module.bucket.arn
}
