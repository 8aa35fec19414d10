variables {
  boundary = "arn:aws:iam::000000000000:policy/isthmus-test-boundary"
  cidr     = "10.64.0.0/16"
  prefix   = "isthmus-test"
}

run "it_is_private_unless_asked" {
  command = plan

  assert {
    condition     = length(aws_subnet.private) == 3 && length(aws_subnet.public) == 0 && length(aws_nat_gateway.this) == 0
    error_message = "there are other subnets than three private ones, or a way out"
  }

  assert {
    condition     = length(aws_vpc_endpoint.gateway) == 2 && length(aws_vpc_endpoint.interface) == 0
    error_message = "gateway endpoints are missing, or interface endpoints are there"
  }
}

run "nat_is_one_a_zone" {
  command = plan

  variables {
    nat = true
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 3 && length(aws_route.private) == 3
    error_message = "a zone has no way out of its own"
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.public : !subnet.map_public_ip_on_launch])
    error_message = "what starts in a public subnet gets an address"
  }
}

run "endpoints_and_flow_logs_come_with_their_parts" {
  command = plan

  variables {
    flow_logs           = { key = "arn:aws:kms:us-east-1:000000000000:key/1", retention_days = 30 }
    interface_endpoints = ["kms", "sqs"]
  }

  assert {
    condition     = length(aws_vpc_endpoint.interface) == 2 && length(aws_vpc_security_group_ingress_rule.endpoints) == 1
    error_message = "the endpoints or their rule are missing"
  }

  assert {
    condition     = length(aws_flow_log.this) == 1 && aws_cloudwatch_log_group.flow[0].retention_in_days == 30
    error_message = "there are no flow logs"
  }
}

run "a_range_that_is_too_small_is_refused" {
  command = plan

  variables {
    cidr = "10.64.0.0/24"
  }

  expect_failures = [var.cidr]
}

run "an_accelerator_has_its_gateway_and_nobody_a_way_out" {
  command = plan

  variables {
    accelerated = true
  }

  assert {
    condition     = length(aws_internet_gateway.this) == 1 && length(aws_route.public) == 0 && length(aws_route.private) == 0
    error_message = "no gateway, or a route to it"
  }
}
