output "alarms" {
  description = "Names of the alarms."
  value       = [aws_cloudwatch_metric_alarm.stopped.alarm_name, aws_cloudwatch_metric_alarm.too_large.alarm_name]
}

output "dead_letters" {
  description = "Name of the queue of runs that failed."
  value       = aws_sqs_queue.dead_letter.name
}

output "identity" {
  description = "ARN of the role that it runs as."
  value       = module.function.identity
}

output "name" {
  description = "Name of the function."
  value       = module.function.name
}
