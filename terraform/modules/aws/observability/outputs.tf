output "alarms" {
  description = "Names of the alarms."
  value = sort(concat(
    [for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_name],
    [aws_cloudwatch_metric_alarm.latency.alarm_name],
    [for alarm in aws_cloudwatch_composite_alarm.burn : alarm.alarm_name],
  ))
}

output "topic" {
  description = "Topic that alarms are published to."
  value       = aws_sns_topic.alarms.arn
}
