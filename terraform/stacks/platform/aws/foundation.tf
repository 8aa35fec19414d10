# What the foundation layer made, found by name: its state is not read.
data "aws_kms_alias" "domain" {
  for_each = setunion(["logs", "messaging", "storage"], local.features.analytics ? ["analytics"] : [])

  name = "alias/${var.prefix}-${each.key}"
}

data "aws_partition" "current" {}

locals {
  boundary = "arn:${data.aws_partition.current.partition}:iam::${var.aws.account_id}:policy/${var.prefix}-boundary"
  keys     = { for domain, alias in data.aws_kms_alias.domain : domain => alias.target_key_arn }
}
