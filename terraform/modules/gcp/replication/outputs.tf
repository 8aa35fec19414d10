output "hmac" {
  description = "Id and secret of the key for DataSync; null without it."
  sensitive   = true
  value       = one([for key in google_storage_hmac_key.datasync : { access_id = key.access_id, secret = key.secret }])
}

output "subject_id" {
  description = "Unique id of Storage Transfer's account, which the role on AWS trusts."
  value       = data.google_storage_transfer_project_service_account.this.subject_id
}
