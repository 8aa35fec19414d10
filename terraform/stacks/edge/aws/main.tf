module "profile" {
  source = "../../../modules/aws/profile"

  cost_profile = var.cost_profile
  features     = var.features
}

locals {
  features = module.profile.features
  settings = module.profile.settings

  # One set for all of it: off, the edge is nothing at all.
  edge = local.features.edge ? { this = var.failover } : {}
}

# What the layers below made, found by name: their state is not read.
data "aws_kms_alias" "logs" {
  for_each = local.edge

  name = "alias/${var.prefix}-logs"
}

data "aws_partition" "current" {}

# The zone of the name that senders use. Cloud DNS serves the same zone: whichever provider is asked gives the same answers, so DNS
# survives either of them.
resource "aws_route53_zone" "this" {
  #checkov:skip=CKV2_AWS_38:Two providers that sign one zone need each other's keys; until both can, it is not signed.
  #checkov:skip=CKV2_AWS_39:Queries are counted; a log of each would tell who our senders are and bill by the gigabyte.
  for_each = local.edge

  name          = each.value.domain
  comment       = "${var.prefix}: where senders find an ingest."
  force_destroy = !var.deletion_protection
}

module "failover" {
  source    = "../../../modules/aws/failover"
  for_each  = local.edge
  providers = { aws = aws.global }

  addresses    = local.addresses[each.key]
  alarm_topic  = aws_sns_topic.edge[each.key].arn
  domain       = each.value.domain
  health       = each.value.health
  name_servers = each.value.name_servers
  prefix       = var.prefix
  ttl_seconds  = each.value.ttl_seconds
  weights      = each.value.weights
  zone         = aws_route53_zone.this[each.key].zone_id
}

module "certificate" {
  source   = "../../../modules/aws/certificate"
  for_each = local.edge

  domain = each.value.domain
  prefix = var.prefix
  zone   = aws_route53_zone.this[each.key].zone_id
}

# What proves Google's certificate: it may be asked for here as well as there.
resource "aws_route53_record" "proof" {
  for_each = local.features.edge ? { for cloud, proof in var.failover.proofs : cloud => proof if cloud == "gcp" } : {}

  zone_id = aws_route53_zone.this["this"].zone_id
  name    = each.value.name
  type    = each.value.type
  ttl     = 300
  records = [each.value.value]
}

data "aws_kms_alias" "storage" {
  for_each = local.features.edge && local.features.synthetics && try(var.failover.probe_secret, null) != null ? local.edge : {}

  name = "alias/${var.prefix}-storage"
}

module "synthetics" {
  source   = "../../../modules/aws/synthetics"
  for_each = local.features.synthetics ? local.edge : {}

  alarm_topic   = local.alarms
  boundary      = "arn:${data.aws_partition.current.partition}:iam::${var.aws.account_id}:policy/${var.prefix}-boundary"
  every_minutes = local.settings.synthetics_minutes

  event = each.value.probe_secret == null ? null : {
    bucket = "${var.prefix}-archive-${var.aws.account_id}-${var.aws.region}"
    key    = data.aws_kms_alias.storage[each.key].target_key_arn
    secret = each.value.probe_secret
  }

  key     = data.aws_kms_alias.logs[each.key].target_key_arn
  package = "${var.package_dir}/canary.zip"
  prefix  = var.prefix
  url     = "https://${each.value.domain}${each.value.health.path}"
}
