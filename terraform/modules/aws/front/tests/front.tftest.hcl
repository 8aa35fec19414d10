variables {
  alarm_topic     = "arn:aws:sns:us-east-1:000000000000:isthmus-test-alarms"
  certificate     = "arn:aws:acm:us-east-1:000000000000:certificate/00000000-0000-0000-0000-000000000000"
  function        = { arn = "arn:aws:lambda:us-east-1:000000000000:function:isthmus-test-ingest", name = "isthmus-test-ingest" }
  network         = "vpc-00000000000000001"
  prefix          = "isthmus-test"
  rate_per_minute = 6000
  subnets         = ["subnet-00000000000000001", "subnet-00000000000000002"]
}

run "nobody_comes_in_but_through_the_accelerator" {
  command = plan

  assert {
    condition     = aws_lb.this.internal && aws_lb.this.enable_deletion_protection && aws_lb.this.drop_invalid_header_fields
    error_message = "the load balancer is open, can be deleted by mistake, or hands broken headers on"
  }

  assert {
    condition     = one(aws_globalaccelerator_endpoint_group.this.endpoint_configuration).client_ip_preservation_enabled
    error_message = "the firewall would count the accelerator, not senders"
  }
}

run "only_the_ingest_s_paths_reach_the_function" {
  command = plan

  assert {
    condition     = aws_lb_listener.https.default_action[0].fixed_response[0].status_code == "404"
    error_message = "whatever is asked costs a call"
  }

  assert {
    condition     = one(one(aws_lb_listener_rule.ingest.condition).path_pattern).values == toset(["/healthz", "/readyz", "/v1/events"])
    error_message = "other paths, or not all"
  }

  assert {
    condition     = aws_lb_target_group.ingest.target_type == "lambda" && aws_lb_target_group.ingest.lambda_multi_value_headers_enabled
    error_message = "a header that comes twice would be lost"
  }
}

run "old_tls_is_refused" {
  command = plan

  assert {
    condition     = startswith(aws_lb_listener.https.ssl_policy, "ELBSecurityPolicy-TLS13-1-2-Res")
    error_message = "it takes old ciphers"
  }
}

run "an_address_has_its_rate" {
  command = plan

  assert {
    condition     = one(one(one(aws_wafv2_web_acl.this.rule).statement).rate_based_statement).limit == 6000
    error_message = "another rate"
  }

  assert {
    condition     = one(one(one(one(aws_wafv2_web_acl.this.rule).action).block).custom_response).response_code == 429
    error_message = "a sender that is too fast isn't told so"
  }
}

run "a_load_balancer_s_log_is_under_s3_s_own_key" {
  command = plan

  assert {
    condition     = aws_lb.this.access_logs[0].enabled
    error_message = "there is no access log"
  }
}

run "its_page_shows_the_accelerator_the_load_balancer_and_the_firewall" {
  command = plan

  assert {
    condition     = toset([for widget in local.widgets : widget.metrics[0][0]]) == toset(["AWS/ApplicationELB", "AWS/GlobalAccelerator", "AWS/WAFV2"])
    error_message = "something before the function can't be seen"
  }

  assert {
    condition     = alltrue([for widget in local.widgets : (widget.metrics[0][0] == "AWS/GlobalAccelerator") == (widget.region == "us-west-2")])
    error_message = "a metric is looked for in another region than its own"
  }
}

run "one_zone_is_refused" {
  command = plan

  variables {
    subnets = ["subnet-00000000000000001"]
  }

  expect_failures = [var.subnets]
}

run "no_rate_is_refused" {
  command = plan

  variables {
    rate_per_minute = 0
  }

  expect_failures = [var.rate_per_minute]
}
