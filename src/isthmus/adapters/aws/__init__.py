"""The ports on AWS: SNS for the broker, S3 for the bucket, SQS for dead letters."""
