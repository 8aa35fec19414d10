# The network and the function, found by name: what the layers below made.
data "aws_vpc" "this" {
  for_each = local.edge

  tags = { Name = var.prefix }
}

data "aws_subnets" "private" {
  for_each = data.aws_vpc.this

  filter {
    name   = "vpc-id"
    values = [each.value.id]
  }

  filter {
    name   = "tag:Name"
    values = ["${var.prefix}-private-*"]
  }
}

data "aws_lambda_function" "ingest" {
  for_each = local.edge

  function_name = "${var.prefix}-ingest"
}

# API Gateway has no address that stays, and Cloud DNS probes and weighs nothing else: what answers for the name is this (ADR 8). The API
# is asked by its own name, as without the edge.
module "front" {
  source   = "../../../modules/aws/front"
  for_each = local.edge

  alarm_topic         = local.alarms
  certificate         = module.certificate[each.key].certificate
  deletion_protection = var.deletion_protection
  function            = { arn = data.aws_lambda_function.ingest[each.key].arn, name = "${var.prefix}-ingest" }
  log_retention_days  = local.settings.log_retention_days
  network             = data.aws_vpc.this[each.key].id
  prefix              = var.prefix
  rate_per_minute     = local.settings.api.rate_per_minute
  subnets             = data.aws_subnets.private[each.key].ids
}

locals {
  alarms = "arn:${data.aws_partition.current.partition}:sns:${var.aws.region}:${var.aws.account_id}:${var.prefix}-alarms"

  # This cloud's addresses are those that its front has, whatever the environment says; the other cloud's only the environment knows.
  addresses = {
    for key, failover in local.edge : key => merge(
      { aws = module.front[key].addresses },
      length(failover.addresses.gcp) > 0 ? { gcp = sort(failover.addresses.gcp) } : {},
    )
  }
}
