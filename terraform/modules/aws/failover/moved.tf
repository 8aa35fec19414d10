# The first address alone was asked.
moved {
  from = aws_route53_health_check.address["aws"]
  to   = aws_route53_health_check.address["aws-1"]
}

moved {
  from = aws_route53_health_check.address["gcp"]
  to   = aws_route53_health_check.address["gcp-1"]
}
