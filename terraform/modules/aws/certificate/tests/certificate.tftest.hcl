variables {
  domain = "events.example.com"
  prefix = "isthmus-test"
  zone   = "Z0123456789"
}

run "it_is_proved_by_dns_and_replaced_without_a_gap" {
  command = plan

  assert {
    condition     = aws_acm_certificate.this.validation_method == "DNS" && aws_acm_certificate.this.domain_name == "events.example.com"
    error_message = "it is proved in another way, or for another name"
  }

  assert {
    condition     = aws_route53_record.proof.zone_id == "Z0123456789"
    error_message = "the proof is in another zone"
  }
}
