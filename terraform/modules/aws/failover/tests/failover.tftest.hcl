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
    condition     = alltrue([for record in aws_route53_record.address : record.name == "events.example.com" && one(record.alias).evaluate_target_health])
    error_message = "the name that senders use doesn't lead on, or to a cloud without anybody well"
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.health) == 2 && length(aws_route53_record.name_servers) == 0
    error_message = "nobody is told, or servers are named that are not known"
  }
}

run "each_cloud_s_last_resort_is_the_other" {
  command = plan

  assert {
    condition = {
      for cloud, record in aws_route53_record.primary : cloud => "${record.name} ${record.failover_routing_policy[0].type} ${join(" ", sort(record.records))}"
      } == {
      aws = "aws.events.example.com PRIMARY 198.51.100.20 198.51.100.21"
      gcp = "gcp.events.example.com PRIMARY 203.0.113.10"
    }
    error_message = "a cloud answers with something else"
  }

  assert {
    condition = {
      for cloud, record in aws_route53_record.secondary : cloud => "${record.name} ${record.failover_routing_policy[0].type} ${join(" ", sort(record.records))}"
      } == {
      aws = "aws.events.example.com SECONDARY 203.0.113.10"
      gcp = "gcp.events.example.com SECONDARY 198.51.100.20 198.51.100.21"
    }
    error_message = "while a cloud is out, something else answers than the other"
  }
}

run "every_address_is_asked_and_one_is_enough" {
  command = plan

  assert {
    condition     = { for name, check in aws_route53_health_check.address : name => "${check.ip_address}${check.resource_path}" } == { aws-1 = "198.51.100.20/readyz", aws-2 = "198.51.100.21/readyz", gcp-1 = "203.0.113.10/readyz" }
    error_message = "an address is not asked, or something else"
  }

  assert {
    condition     = alltrue([for check in aws_route53_health_check.cloud : check.type == "CALCULATED" && check.child_health_threshold == 1])
    error_message = "a cloud is out while it can be reached"
  }

  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.address) == ["aws-1", "aws-2"]
    error_message = "nobody is told of a silent address, or twice of a cloud's only one"
  }
}

run "a_cloud_without_an_address_is_not_in_the_answers" {
  command = plan

  variables {
    addresses = { aws = ["198.51.100.20"] }
  }

  assert {
    condition     = keys(aws_route53_record.address) == ["aws"] && length(aws_route53_record.secondary) == 0 && length(aws_cloudwatch_metric_alarm.health) == 1
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
