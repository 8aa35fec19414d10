output "topic" {
  description = "Topic that budget alerts are published to."
  value       = aws_sns_topic.budget.arn
}
