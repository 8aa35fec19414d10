# What an apply of the edge's front changes: a load balancer and its firewall by name, and an accelerator, which AWS names itself.
data "aws_iam_policy_document" "apply_edge" {
  #checkov:skip=CKV_AWS_111:Every statement that could name its resources does.
  #checkov:skip=CKV_AWS_356:What is made has no name before; it must carry the project's tag.
  statement {
    sid = "Balancer"
    actions = [
      "elasticloadbalancing:*Tags", "elasticloadbalancing:*Targets", "elasticloadbalancing:Create*", "elasticloadbalancing:Delete*",
      "elasticloadbalancing:Modify*", "elasticloadbalancing:Set*",
    ]
    resources = [
      "arn:${local.partition}:elasticloadbalancing:${local.region}:${local.account}:listener-rule/app/${var.prefix}-front/*",
      "arn:${local.partition}:elasticloadbalancing:${local.region}:${local.account}:listener/app/${var.prefix}-front/*",
      "arn:${local.partition}:elasticloadbalancing:${local.region}:${local.account}:loadbalancer/app/${var.prefix}-front/*",
      "arn:${local.partition}:elasticloadbalancing:${local.region}:${local.account}:targetgroup/${var.prefix}-ingest/*",
    ]
  }

  # Tying a firewall to a load balancer asks about both.
  statement {
    sid = "Firewall"
    actions = [
      "wafv2:AssociateWebACL", "wafv2:CreateWebACL", "wafv2:DeleteWebACL", "wafv2:DisassociateWebACL", "wafv2:TagResource",
      "wafv2:UntagResource", "wafv2:UpdateWebACL",
    ]
    resources = [
      "arn:${local.partition}:elasticloadbalancing:${local.region}:${local.account}:loadbalancer/app/${var.prefix}-front/*",
      "arn:${local.partition}:wafv2:${local.region}:${local.account}:regional/webacl/${var.prefix}-front/*",
    ]
  }

  statement {
    sid       = "NewAccelerator"
    actions   = ["globalaccelerator:CreateAccelerator", "globalaccelerator:TagResource"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/project"
      values   = ["isthmus"]
    }
  }

  statement {
    sid = "Accelerator"
    actions = [
      "globalaccelerator:DeleteAccelerator", "globalaccelerator:TagResource", "globalaccelerator:UntagResource",
      "globalaccelerator:UpdateAccelerator", "globalaccelerator:UpdateAcceleratorAttributes",
    ]
    resources = ["arn:${local.partition}:globalaccelerator::${local.account}:accelerator/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/project"
      values   = ["isthmus"]
    }
  }

  # Listeners and groups have no tags.
  statement {
    sid = "AcceleratorParts"
    actions = [
      "globalaccelerator:*EndpointGroup", "globalaccelerator:*Endpoints", "globalaccelerator:*Listener",
    ]
    resources = ["arn:${local.partition}:globalaccelerator::${local.account}:accelerator/*"]
  }
}
