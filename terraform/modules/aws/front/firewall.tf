# API Gateway's limits are not here, so one address may not send more than this; the rest is the function's own concurrency.
resource "aws_wafv2_web_acl" "this" {
  #checkov:skip=CKV_AWS_192:No Java is behind it.
  #checkov:skip=CKV2_AWS_31:What it blocks is in the load balancer's access log, with the sender's address.
  name        = "${var.prefix}-front"
  description = "Too many requests from one address are answered with 429."
  scope       = "REGIONAL"

  default_action {
    allow {}
  }

  rule {
    name     = "rate"
    priority = 1

    action {
      block {
        custom_response {
          response_code = 429

          response_header {
            name  = "retry-after"
            value = "60"
          }
        }
      }
    }

    statement {
      rate_based_statement {
        aggregate_key_type    = "IP"
        evaluation_window_sec = 60
        limit                 = var.rate_per_minute
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "${var.prefix}-front-rate"
      sampled_requests_enabled   = true
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "${var.prefix}-front"
    sampled_requests_enabled   = true
  }
}

resource "aws_wafv2_web_acl_association" "this" {
  resource_arn = aws_lb.this.arn
  web_acl_arn  = aws_wafv2_web_acl.this.arn
}
