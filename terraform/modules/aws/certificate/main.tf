# Made beforehand: traffic that fails over needs a certificate where it arrives. It is proved by a record, so it renews by itself as long
# as the record stays.
resource "aws_acm_certificate" "this" {
  domain_name       = var.domain
  validation_method = "DNS"

  tags = { Name = var.prefix }

  lifecycle {
    create_before_destroy = true # the API uses the old one until the new one is there
  }
}

locals {
  proof = one(aws_acm_certificate.this.domain_validation_options)
}

# The provider that Amazon asks may be either: Cloud DNS needs the same record (output `validation`).
resource "aws_route53_record" "proof" {
  zone_id         = var.zone
  name            = local.proof.resource_record_name
  type            = local.proof.resource_record_type
  ttl             = 300
  records         = [local.proof.resource_record_value]
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "this" {
  certificate_arn         = aws_acm_certificate.this.arn
  validation_record_fqdns = [aws_route53_record.proof.fqdn]

  timeouts {
    create = "30m"
  }
}
