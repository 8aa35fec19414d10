# Both providers' servers, once they are known; until then its own.
resource "aws_route53_record" "name_servers" {
  count = length(var.name_servers.aws) > 0 && length(var.name_servers.gcp) > 0 ? 1 : 0

  zone_id         = var.zone
  name            = var.domain
  type            = "NS"
  ttl             = 3600
  records         = sort(setunion(var.name_servers.aws, var.name_servers.gcp))
  allow_overwrite = true # Route 53 makes the record with the zone
}

# Nobody else may make a certificate for the name.
resource "aws_route53_record" "issuers" {
  zone_id = var.zone
  name    = var.domain
  type    = "CAA"
  ttl     = 3600
  records = ["0 issue \"amazon.com\"", "0 issue \"pki.goog\""]
}

# A tree of records: the name that senders use leads to a cloud by weight, and there the cloud answers while it is well, else the other does.
# Route 53 takes one kind of policy for a name. With the kinds at names of their own a change of weights, to 0 and back, changes a record in
# its place: nothing is taken away first, so there is an answer at any time.
#
# Whatever is out, the answers are those of Cloud DNS: with both well the weights share, with one out the other has all of it, with both out
# each answers for itself as if it were well: an ingest that answers 503 is better than no answer.
resource "aws_route53_record" "address" {
  for_each = var.addresses

  zone_id        = var.zone
  name           = var.domain
  type           = "A"
  set_identifier = each.key

  alias {
    evaluate_target_health = true # of its last resort too, so that it is never left out while anything is well
    name                   = aws_route53_record.primary[each.key].fqdn
    zone_id                = var.zone
  }

  weighted_routing_policy {
    weight = var.weights[each.key]
  }
}

resource "aws_route53_record" "primary" {
  for_each = var.addresses

  zone_id         = var.zone
  name            = "${each.key}.${var.domain}"
  type            = "A"
  ttl             = var.ttl_seconds
  health_check_id = aws_route53_health_check.cloud[each.key].id
  records         = each.value
  set_identifier  = each.key

  failover_routing_policy {
    type = "PRIMARY"
  }
}

# The last resort of each cloud is the other one.
resource "aws_route53_record" "secondary" {
  for_each = local.others

  zone_id         = var.zone
  name            = "${each.key}.${var.domain}"
  type            = "A"
  ttl             = var.ttl_seconds
  health_check_id = aws_route53_health_check.cloud[each.value].id
  records         = var.addresses[each.value]
  set_identifier  = each.value

  failover_routing_policy {
    type = "SECONDARY"
  }

  # Route 53 takes a second record with a policy of the first's kind.
  depends_on = [aws_route53_record.primary]
}

locals {
  # Each cloud that has another beside it.
  others = merge([for cloud in keys(var.addresses) : { for other in keys(var.addresses) : cloud => other if other != cloud }]...)
}
