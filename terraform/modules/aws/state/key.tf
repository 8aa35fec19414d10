resource "aws_kms_key" "state" {
  description             = "${var.prefix}: states"
  deletion_window_in_days = var.deletion_window_days
  enable_key_rotation     = true
  policy                  = data.aws_iam_policy_document.key.json
  rotation_period_in_days = var.rotation_days
}

resource "aws_kms_alias" "state" {
  name          = "alias/${var.prefix}-state"
  target_key_id = aws_kms_key.state.key_id
}

data "aws_iam_policy_document" "key" {
  # In a key policy the resource is the key itself, and the account's root means "IAM decides": without it nobody can change the key again.
  #checkov:skip=CKV_AWS_109:The statement is in a key policy, its resource is this key alone.
  #checkov:skip=CKV_AWS_111:The same.
  #checkov:skip=CKV_AWS_356:The same.
  statement {
    sid       = "Account"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }
}
