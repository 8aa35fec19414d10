output "dead_letters" {
  description = "Name of the queue of what could not be told."
  value       = aws_sqs_queue.dead_letter.name
}

output "queue" {
  description = "Name of the queue that messages wait in."
  value       = aws_sqs_queue.alert.name
}
