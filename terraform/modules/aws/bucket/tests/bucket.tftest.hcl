variables {
  key    = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000"
  name   = "archive"
  prefix = "isthmus-test"
}

run "it_is_closed_and_encrypted_whatever_is_said" {
  command = plan

  assert {
    condition     = aws_s3_bucket_public_access_block.this.restrict_public_buckets && aws_s3_bucket_public_access_block.this.block_public_policy
    error_message = "it can be opened to the public"
  }

  assert {
    condition     = one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default[0].kms_master_key_id == var.key
    error_message = "it is encrypted with another key"
  }

  assert {
    condition     = strcontains(aws_s3_bucket_policy.this.policy, "aws:SecureTransport") && !strcontains(aws_s3_bucket_policy.this.policy, "ThisKeyOnly")
    error_message = "plain HTTP is answered, or other keys are refused unasked"
  }

  assert {
    condition     = length(aws_s3_bucket_versioning.this) == 0 && !aws_s3_bucket.this.force_destroy
    error_message = "it keeps versions unasked, or goes with what it holds"
  }
}

run "other_keys_are_refused_where_it_is_asked_for" {
  command = plan

  variables {
    own_key_only = true
    versioned    = true
  }

  assert {
    condition     = strcontains(aws_s3_bucket_policy.this.policy, "ThisKeyOnly") && strcontains(aws_s3_bucket_policy.this.policy, var.key)
    error_message = "another key is taken"
  }

  assert {
    condition     = one(aws_s3_bucket_versioning.this).versioning_configuration[0].status == "Enabled"
    error_message = "there are no versions"
  }
}

run "the_longest_prefix_and_name_fit" {
  command = plan

  variables {
    name   = "abcdefghijkl"
    prefix = "abcdefghijklmnopqrst"
  }

  assert {
    condition     = length(aws_s3_bucket.this.bucket) <= 63
    error_message = "S3 takes 63 characters"
  }
}

run "a_name_that_would_not_fit_is_refused" {
  command = plan

  variables {
    name = "abcdefghijklm"
  }

  expect_failures = [var.name]
}

run "without_a_key_it_is_s3_s_own" {
  command = plan

  variables {
    key = null
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "no encryption, or with a key that isn't there"
  }
}
