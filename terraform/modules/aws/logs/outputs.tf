output "bucket" {
  description = "Name of the bucket of records."
  value       = module.bucket.bucket
}
