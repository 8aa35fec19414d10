# Two addresses that stay, in front of the same function that the API calls. What they lead to is reached by them alone: the load balancer
# is internal, in subnets without a way from or to the internet, and the accelerator puts its own interfaces beside it.
resource "aws_globalaccelerator_accelerator" "this" {
  #checkov:skip=CKV_AWS_75:The network's flow logs see the same connections, with the sender's address; each request is in the access log.
  name            = "${var.prefix}-front"
  enabled         = true
  ip_address_type = "IPV4"

  tags = { Name = "${var.prefix}-front" }
}

resource "aws_globalaccelerator_listener" "https" {
  accelerator_arn = aws_globalaccelerator_accelerator.this.arn
  client_affinity = "NONE"
  protocol        = "TCP"

  port_range {
    from_port = 443
    to_port   = 443
  }
}

# Health is the load balancer's own, so the health settings of a group are not used.
resource "aws_globalaccelerator_endpoint_group" "this" {
  listener_arn          = aws_globalaccelerator_listener.https.arn
  endpoint_group_region = data.aws_region.current.region

  endpoint_configuration {
    client_ip_preservation_enabled = true # an internal load balancer can't be reached otherwise; the firewall counts senders by it
    endpoint_id                    = aws_lb.this.arn
    weight                         = 100
  }
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}
