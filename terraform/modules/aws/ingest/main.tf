locals {
  name   = "${var.prefix}-ingest"
  routes = toset(["GET /healthz", "GET /readyz", "POST /v1/events"])
}

resource "aws_apigatewayv2_api" "ingest" {
  name          = local.name
  description   = "Takes CloudEvents in."
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "function" {
  api_id                 = aws_apigatewayv2_api.ingest.id
  integration_type       = "AWS_PROXY"
  integration_method     = "POST"
  integration_uri        = var.function.invoke_arn
  payload_format_version = "2.0"
}

# Senders are known by API key, OIDC token or webhook signature, and the function checks all three: a gateway authorizer would know
# one of them and cost a call more. Only these routes exist, so anything else costs nothing.
resource "aws_apigatewayv2_route" "function" {
  #checkov:skip=CKV_AWS_309:The function authenticates, as said above.
  for_each = local.routes

  api_id             = aws_apigatewayv2_api.ingest.id
  authorization_type = "NONE"
  route_key          = each.value
  target             = "integrations/${aws_apigatewayv2_integration.function.id}"
}

resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.ingest.id
  name        = "$default"
  auto_deploy = true

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format = jsonencode({
      bytes      = "$context.responseLength"
      error      = "$context.integrationErrorMessage"
      ip         = "$context.identity.sourceIp"
      latency_ms = "$context.responseLatency"
      request_id = "$context.requestId"
      route      = "$context.routeKey"
      status     = "$context.status"
      time       = "$context.requestTime"
      user_agent = "$context.identity.userAgent"
    })
  }

  default_route_settings {
    detailed_metrics_enabled = var.detailed_metrics
    throttling_burst_limit   = var.throttle.burst
    throttling_rate_limit    = var.throttle.rate
  }
}

resource "aws_cloudwatch_log_group" "access" {
  name              = "/aws/apigateway/${local.name}"
  kms_key_id        = var.log_key
  retention_in_days = var.log_retention_days
}

resource "aws_lambda_permission" "api" {
  statement_id  = "api"
  action        = "lambda:InvokeFunction"
  function_name = var.function.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.ingest.execution_arn}/*/*"
}
