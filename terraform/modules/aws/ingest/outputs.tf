output "url" {
  description = "Base URL that senders use."
  value       = aws_apigatewayv2_api.ingest.api_endpoint
}
