output "identity" {
  description = "ARN of the role that the other cloud's services become; null without any."
  value       = one(aws_iam_role.google[*].arn)
}
