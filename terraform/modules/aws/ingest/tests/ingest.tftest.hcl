variables {
  function = { invoke_arn = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:isthmus-test-ingest/invocations", name = "isthmus-test-ingest" }
  log_key  = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000"
  prefix   = "isthmus-test"
  throttle = { burst = 200, rate = 100 }
}

run "three_routes_and_no_other" {
  command = plan

  assert {
    condition     = toset([for route in aws_apigatewayv2_route.function : route.route_key]) == toset(["GET /healthz", "GET /readyz", "POST /v1/events"])
    error_message = "There is another route, or one is missing."
  }

  assert {
    condition     = aws_apigatewayv2_stage.default.default_route_settings[0].throttling_rate_limit == 100
    error_message = "It takes another rate than was said."
  }

  assert {
    condition     = aws_cloudwatch_log_group.access.kms_key_id == var.log_key
    error_message = "The access log is not encrypted."
  }
}

run "a_limit_that_refuses_everything_is_refused" {
  command = plan

  variables {
    throttle = { burst = 0, rate = 100 }
  }

  expect_failures = [var.throttle]
}
