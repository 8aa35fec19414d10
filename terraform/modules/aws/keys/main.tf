# One key a domain, so that a grant on messages is never a grant on the archive.
resource "aws_kms_key" "domain" {
  for_each = local.wanted

  description             = "${var.prefix}: ${each.value.description}"
  deletion_window_in_days = var.deletion_window_days
  enable_key_rotation     = true
  policy                  = data.aws_iam_policy_document.key[each.key].json
  rotation_period_in_days = var.rotation_days
}

resource "aws_kms_alias" "domain" {
  for_each = local.wanted

  name          = "alias/${var.prefix}-${each.key}"
  target_key_id = aws_kms_key.domain[each.key].key_id
}
