output "bucket" {
  description = "Name of the bucket that holds the frames."
  value       = google_storage_bucket.archive.name
}
