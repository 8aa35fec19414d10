# Gateway endpoints cost nothing: always there.
resource "aws_vpc_endpoint" "gateway" {
  for_each = toset(["dynamodb", "s3"])

  vpc_id            = aws_vpc.this.id
  policy            = data.aws_iam_policy_document.gateway.json
  route_table_ids   = [for zone in local.zones : aws_route_table.private[zone].id]
  service_name      = "com.amazonaws.${data.aws_region.current.region}.${each.key}"
  vpc_endpoint_type = "Gateway"

  tags = { Name = "${var.prefix}-${each.key}" }
}

# Interface endpoints bill by the hour, the zone and the gigabyte: by profile. Below about 160 GB a month NAT is cheaper.
resource "aws_vpc_endpoint" "interface" {
  for_each = var.interface_endpoints

  vpc_id              = aws_vpc.this.id
  policy              = data.aws_iam_policy_document.interface.json
  private_dns_enabled = true
  security_group_ids  = [aws_security_group.endpoints[0].id]
  service_name        = "com.amazonaws.${data.aws_region.current.region}.${each.key}"
  subnet_ids          = [for zone in local.zones : aws_subnet.private[zone].id]
  vpc_endpoint_type   = "Interface"

  tags = { Name = "${var.prefix}-${each.key}" }
}

data "aws_caller_identity" "current" {}

# Only identities of this account go through: nobody carries data out to an account of their own.
data "aws_iam_policy_document" "gateway" {
  #checkov:skip=CKV_AWS_356:An endpoint's policy says who may go through; the identities' own policies say to what.
  statement {
    sid       = "Account"
    actions   = ["dynamodb:*", "s3:*"]
    resources = ["*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

data "aws_iam_policy_document" "interface" {
  #checkov:skip=CKV_AWS_1:An endpoint's policy gives nothing: it says who may go through, and identities of this account alone may.
  #checkov:skip=CKV_AWS_49:The same.
  #checkov:skip=CKV_AWS_356:The same.
  statement {
    sid       = "Account"
    actions   = ["*"]
    resources = ["*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_security_group" "endpoints" {
  #checkov:skip=CKV2_AWS_5:It is attached to the endpoints above.
  count = length(var.interface_endpoints) > 0 ? 1 : 0

  name        = "${var.prefix}-endpoints"
  description = "HTTPS from the network to the interface endpoints."
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${var.prefix}-endpoints" }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  count = length(aws_security_group.endpoints)

  security_group_id = aws_security_group.endpoints[0].id
  cidr_ipv4         = var.cidr
  description       = "HTTPS from the network."
  from_port         = 443
  ip_protocol       = "tcp"
  to_port           = 443
}
