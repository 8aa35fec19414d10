output "api_id" {
  description = "Id of the API, which its metrics are told by."
  value       = aws_apigatewayv2_api.ingest.id
}

output "url" {
  description = "Base URL that senders use."
  value       = aws_apigatewayv2_api.ingest.api_endpoint
}
