variables {
  addresses = { aws = ["198.51.100.20", "198.51.100.21"], gcp = ["203.0.113.10"] }
  domain    = "events.example.com"
  health    = { interval_seconds = 30, path = "/readyz", threshold = 3 }
  prefix    = "isthmus-test"
  weights   = { aws = 70, gcp = 30 }
  zone      = "Z0123456789"
}

run "each_cloud_is_weighted_and_probed" {
  command = plan

  assert {
    condition     = aws_route53_record.address["aws"].weighted_routing_policy[0].weight == 70 && aws_route53_record.address["gcp"].weighted_routing_policy[0].weight == 30
    error_message = "the weights are others"
  }

  assert {
    condition     = aws_route53_health_check.address["aws"].ip_address == "198.51.100.20" && aws_route53_health_check.address["aws"].resource_path == "/readyz" && aws_route53_health_check.address["gcp"].ip_address == "203.0.113.10"
    error_message = "something else is probed"
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.health) == 2 && length(aws_route53_record.name_servers) == 0
    error_message = "nobody is told, or servers are named that are not known"
  }
}

run "a_cloud_without_an_address_is_not_in_the_answers" {
  command = plan

  variables {
    addresses = { aws = ["198.51.100.20"] }
  }

  assert {
    condition     = keys(aws_route53_record.address) == ["aws"] && length(aws_cloudwatch_metric_alarm.health) == 1
    error_message = "an answer without an address"
  }
}

run "both_providers_servers_are_named_once_known" {
  command = plan

  variables {
    name_servers = { aws = ["ns-1.awsdns-01.com."], gcp = ["ns-cloud-a1.googledomains.com."] }
  }

  assert {
    condition     = length(aws_route53_record.name_servers[0].records) == 2
    error_message = "a provider's servers are missing"
  }
}

run "another_interval_is_refused" {
  command = plan

  variables {
    health = { interval_seconds = 20, path = "/readyz", threshold = 3 }
  }

  expect_failures = [var.health]
}

run "two_authorities_alone_may_certify_the_name" {
  command = plan

  assert {
    condition     = aws_route53_record.issuers.records == toset(["0 issue \"amazon.com\"", "0 issue \"pki.goog\""])
    error_message = "another authority may make a certificate, or one of the two clouds' may not"
  }
}

run "a_cloud_that_is_not_known_is_refused" {
  command = plan

  variables {
    addresses = { azure = ["198.51.100.20"] }
  }

  expect_failures = [var.addresses]
}
