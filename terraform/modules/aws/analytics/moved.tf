# The bucket and its settings were resources here.
moved {
  from = aws_s3_bucket.results[0]
  to   = module.bucket[0].aws_s3_bucket.this
}

moved {
  from = aws_s3_bucket_ownership_controls.results[0]
  to   = module.bucket[0].aws_s3_bucket_ownership_controls.this
}

moved {
  from = aws_s3_bucket_policy.results[0]
  to   = module.bucket[0].aws_s3_bucket_policy.this
}

moved {
  from = aws_s3_bucket_public_access_block.results[0]
  to   = module.bucket[0].aws_s3_bucket_public_access_block.this
}

moved {
  from = aws_s3_bucket_server_side_encryption_configuration.results[0]
  to   = module.bucket[0].aws_s3_bucket_server_side_encryption_configuration.this
}
