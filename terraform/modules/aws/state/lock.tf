# Terraform locks in the bucket itself (use_lockfile). The table is for teams with older tooling, which locks with it: both can be taken.
resource "aws_dynamodb_table" "lock" {
  name                        = "${var.prefix}-state-lock"
  billing_mode                = "PAY_PER_REQUEST"
  deletion_protection_enabled = var.deletion_protection
  hash_key                    = "LockID"

  attribute {
    name = "LockID"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.state.arn
  }
}
