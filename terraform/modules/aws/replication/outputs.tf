output "role" {
  description = "ARN of the role that Storage Transfer takes; null before its subject is known."
  value       = one(aws_iam_role.transfer[*].arn)
}
