data "aws_availability_zones" "available" {
  #checkov:skip=CKV_AWS_394:The first three by name are taken; a zone that is added sorts behind them.
  state = "available"

  # Not Local or Wavelength Zones.
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

data "aws_region" "current" {}

locals {
  zones = slice(sort(data.aws_availability_zones.available.names), 0, 3)

  # Eight equal parts: three private subnets, three public ones where there is a way out, two to grow into.
  private = { for index, zone in local.zones : zone => cidrsubnet(var.cidr, 3, index) }
  public  = var.nat ? { for index, zone in local.zones : zone => cidrsubnet(var.cidr, 3, index + 3) } : {}
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
  enable_dns_support   = true

  tags = { Name = var.prefix }
}

# Whatever is made without a security group gets the default one: it lets nothing in and nothing out.
resource "aws_default_security_group" "empty" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.prefix}-empty" }
}

resource "aws_subnet" "private" {
  for_each = local.private

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value

  tags = { Name = "${var.prefix}-private-${each.key}" }
}

# A table a zone, so that a zone's way out is its own.
resource "aws_route_table" "private" {
  for_each = local.private

  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.prefix}-private-${each.key}" }
}

resource "aws_route_table_association" "private" {
  for_each = local.private

  route_table_id = aws_route_table.private[each.key].id
  subnet_id      = aws_subnet.private[each.key].id
}
