resource "aws_lb" "this" {
  name                       = "${var.prefix}-front"
  desync_mitigation_mode     = "strictest"
  drop_invalid_header_fields = true
  enable_deletion_protection = var.deletion_protection
  idle_timeout               = 60 # longer than the function may take
  internal                   = true
  ip_address_type            = "ipv4"
  load_balancer_type         = "application"
  security_groups            = [aws_security_group.this.id]
  subnets                    = var.subnets

  access_logs {
    bucket  = module.bucket.settled
    enabled = true
  }

  tags = { Name = "${var.prefix}-front" }
}

# A probe that gives no name gets the same certificate: it is the only one. Only these paths exist, so anything else costs no call.
resource "aws_lb_listener" "https" {
  certificate_arn   = var.certificate
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "application/json"
      message_body = jsonencode({ status = 404, title = "There is nothing here" })
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener_rule" "ingest" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 1

  action {
    target_group_arn = aws_lb_target_group.ingest.arn
    type             = "forward"
  }

  condition {
    path_pattern {
      values = ["/healthz", "/readyz", "/v1/events"]
    }
  }
}

resource "aws_lb_target_group" "ingest" {
  name                               = "${var.prefix}-ingest"
  lambda_multi_value_headers_enabled = true # a header that comes twice is not lost
  target_type                        = "lambda"

  # Each node asks; a call each, so seldom. Whether it can publish is asked by DNS.
  health_check {
    enabled  = true
    interval = 300
    matcher  = "200"
    path     = "/healthz"
    timeout  = 30
  }
}

resource "aws_lb_target_group_attachment" "ingest" {
  target_group_arn = aws_lb_target_group.ingest.arn
  target_id        = var.function.arn

  # Registering asks whether the function may be called.
  depends_on = [aws_lambda_permission.balancer]
}

resource "aws_lambda_permission" "balancer" {
  statement_id   = "front"
  action         = "lambda:InvokeFunction"
  function_name  = var.function.name
  principal      = "elasticloadbalancing.amazonaws.com"
  source_account = data.aws_caller_identity.current.account_id
  source_arn     = aws_lb_target_group.ingest.arn
}

resource "aws_security_group" "this" {
  name        = "${var.prefix}-front"
  description = "HTTPS through the accelerator to the load balancer, and nothing out: a function is called without a network."
  vpc_id      = var.network

  tags = { Name = "${var.prefix}-front" }

  lifecycle {
    create_before_destroy = true
  }
}

# The accelerator keeps the sender's address, so it is everybody's. There is no way here but through it.
resource "aws_vpc_security_group_ingress_rule" "https" {
  security_group_id = aws_security_group.this.id
  cidr_ipv4         = "0.0.0.0/0"
  description       = "HTTPS from senders, through the accelerator."
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}

# What it answered itself: a function that fails or is throttled, no target.
resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "${var.prefix}-front-errors"
  alarm_actions       = [var.alarm_topic]
  alarm_description   = "The load balancer answers 5xx without the function's word. Runbook: docs/runbooks/ingest-errors.md"
  comparison_operator = "GreaterThanThreshold"
  dimensions          = { LoadBalancer = aws_lb.this.arn_suffix }
  evaluation_periods  = 1
  metric_name         = "HTTPCode_ELB_5XX_Count"
  namespace           = "AWS/ApplicationELB"
  ok_actions          = [var.alarm_topic]
  period              = 300
  statistic           = "Sum"
  threshold           = 0
  treat_missing_data  = "notBreaching"
}
