output "arn" {
  description = "ARN by which a schedule calls it."
  value       = aws_lambda_function.this.arn
}

output "identity" {
  description = "ARN of the role that it runs as."
  value       = aws_iam_role.this.arn
}

output "invoke_arn" {
  description = "ARN by which API Gateway calls it."
  value       = aws_lambda_function.this.invoke_arn
}

output "log_group" {
  description = "Name of its log group."
  value       = aws_cloudwatch_log_group.this.name
}

output "name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}
