# What comes through the front, beside the platform's page: who connects, what is refused before the function, how long answers take.
resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = "${var.prefix}-front"
  dashboard_body = jsonencode({
    widgets = [
      for index, widget in local.widgets : {
        type   = "metric"
        x      = 12 * (index % 2)
        y      = 6 * floor(index / 2)
        width  = 12
        height = 6
        properties = {
          metrics = widget.metrics
          period  = 60
          region  = widget.region
          stat    = widget.stat
          title   = widget.title
          view    = "timeSeries"
        }
      }
    ]
  })
}

locals {
  here        = data.aws_region.current.region
  accelerator = ["Accelerator", split("/", aws_globalaccelerator_accelerator.this.arn)[1]]
  balancer    = ["LoadBalancer", aws_lb.this.arn_suffix]

  # The accelerator is everywhere, and tells of itself in us-west-2 alone.
  widgets = [
    {
      title   = "Connections to the accelerator"
      region  = "us-west-2"
      stat    = "Sum"
      metrics = [concat(["AWS/GlobalAccelerator", "NewFlowCount"], local.accelerator)]
    },
    {
      title   = "Bytes through the accelerator"
      region  = "us-west-2"
      stat    = "Sum"
      metrics = [for metric in ["ProcessedBytesIn", "ProcessedBytesOut"] : concat(["AWS/GlobalAccelerator", metric], local.accelerator)]
    },
    {
      title  = "Requests to the load balancer, and what it answered itself"
      region = local.here
      stat   = "Sum"
      metrics = [
        for metric in ["RequestCount", "HTTPCode_ELB_4XX_Count", "HTTPCode_ELB_5XX_Count"] :
        concat(["AWS/ApplicationELB", metric], local.balancer)
      ]
    },
    {
      title   = "Time until the function answers, p99, s"
      region  = local.here
      stat    = "p99"
      metrics = [concat(["AWS/ApplicationELB", "TargetResponseTime"], local.balancer)]
    },
    {
      title   = "Errors and throttles of the function"
      region  = local.here
      stat    = "Sum"
      metrics = [for metric in ["LambdaUserError", "LambdaInternalError"] : concat(["AWS/ApplicationELB", metric], local.balancer)]
    },
    {
      title   = "Requests that the firewall answered with 429"
      region  = local.here
      stat    = "Sum"
      metrics = [["AWS/WAFV2", "BlockedRequests", "WebACL", "${var.prefix}-front", "Region", local.here, "Rule", "${var.prefix}-front-rate"]]
    },
  ]
}
