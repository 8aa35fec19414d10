# The API under the name that senders use. What is asked by its own name (…execute-api…) stays open: health checks ask it there.
resource "aws_apigatewayv2_domain_name" "ingest" {
  for_each = local.edge

  domain_name = each.value.domain

  domain_name_configuration {
    certificate_arn = module.certificate[each.key].certificate
    endpoint_type   = "REGIONAL"
    security_policy = "TLS_1_2"
  }
}

resource "aws_apigatewayv2_api_mapping" "ingest" {
  for_each = local.edge

  api_id      = local.api_id
  domain_name = aws_apigatewayv2_domain_name.ingest[each.key].id
  stage       = "$default"
}

locals {
  api_id = one(flatten([for found in data.aws_apigatewayv2_apis.ingest : tolist(found.ids)]))

  api = {
    for name, domain in aws_apigatewayv2_domain_name.ingest : name => {
      name    = domain.domain_name_configuration[0].target_domain_name
      probe   = "${local.api_id}.execute-api.${var.aws.region}.amazonaws.com"
      zone_id = domain.domain_name_configuration[0].hosted_zone_id
    }
  }
}
