output "identities" {
  description = "ARN of the role of each: apply, plan."
  value       = { for name, role in aws_iam_role.ci : name => role.arn }
}

output "provider" {
  description = "ARN of the provider that GitHub's tokens are checked by."
  value       = aws_iam_openid_connect_provider.github.arn
}
