output "dead_letters" {
  description = "Dead-letter queue of each consumer."
  value       = { for name, queue in aws_sqs_queue.dead_letter : name => { arn = queue.arn, name = queue.name, url = queue.url } }
}

output "queues" {
  description = "Queue of each consumer."
  value       = { for name, queue in aws_sqs_queue.consumer : name => { arn = queue.arn, name = queue.name, url = queue.url } }
}

output "topic" {
  description = "ARN of the topic that frames are published to."
  value       = aws_sns_topic.events.arn
}
