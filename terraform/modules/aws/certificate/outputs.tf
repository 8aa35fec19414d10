output "certificate" {
  description = "ARN of the certificate, once it is proved."
  value       = aws_acm_certificate_validation.this.certificate_arn
}

output "validation" {
  description = "Record that proves it, for the other provider's zone: name, type, value."
  value = {
    name  = local.proof.resource_record_name
    type  = local.proof.resource_record_type
    value = local.proof.resource_record_value
  }
}
