data "aws_iam_policy_document" "apply_identity" {
  #checkov:skip=CKV_AWS_109:A role can be made only with the boundary, which it can't take off; the resources are those of this prefix.
  #checkov:skip=CKV_AWS_111:The same.
  #checkov:skip=CKV_AWS_356:Networks are named by ids that are not known before.
  # A role is made and changed only inside the boundary: what CI makes can never do more than the boundary allows, CI's own roles neither.
  statement {
    sid = "BoundedRoles"
    actions = [
      "iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:PutRolePermissionsBoundary",
      "iam:PutRolePolicy",
    ]
    resources = ["arn:${local.partition}:iam::${local.account}:role/${var.prefix}-*"]

    condition {
      test     = "StringEquals"
      variable = "iam:PermissionsBoundary"
      values   = ["arn:${local.partition}:iam::${local.account}:policy/${var.prefix}-boundary"]
    }
  }

  statement {
    sid       = "Roles"
    actions   = ["iam:DeleteRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole*"]
    resources = ["arn:${local.partition}:iam::${local.account}:role/${var.prefix}-*"]
  }

  # The boundary is made once. Who changes it, or CI's own roles, is an administrator, with the bootstrap: else the boundary would bound
  # nobody.
  statement {
    sid       = "Boundary"
    actions   = ["iam:CreatePolicy", "iam:TagPolicy"]
    resources = ["arn:${local.partition}:iam::${local.account}:policy/${var.prefix}-boundary"]
  }

  statement {
    sid    = "NotItself"
    effect = "Deny"
    actions = [
      "iam:Attach*", "iam:CreatePolicyVersion", "iam:Delete*", "iam:Detach*", "iam:PutRole*", "iam:SetDefaultPolicyVersion", "iam:Update*",
    ]
    resources = [
      "arn:${local.partition}:iam::${local.account}:policy/${var.prefix}-boundary",
      "arn:${local.partition}:iam::${local.account}:policy/${var.prefix}-ci-*",
      "arn:${local.partition}:iam::${local.account}:role/${var.prefix}-ci-*",
    ]
  }

  statement {
    sid       = "PassToServices"
    actions   = ["iam:PassRole"]
    resources = ["arn:${local.partition}:iam::${local.account}:role/${var.prefix}-*"]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["datasync.amazonaws.com", "lambda.amazonaws.com", "scheduler.amazonaws.com", "synthetics.amazonaws.com", "vpc-flow-logs.amazonaws.com"]
    }
  }

  # Both write their roles themselves, once an account: for its first load balancer and its first accelerator.
  statement {
    sid     = "ServiceRoles"
    actions = ["iam:CreateServiceLinkedRole"]
    resources = [
      "arn:${local.partition}:iam::${local.account}:role/aws-service-role/elasticloadbalancing.amazonaws.com/*",
      "arn:${local.partition}:iam::${local.account}:role/aws-service-role/globalaccelerator.amazonaws.com/*",
    ]

    condition {
      test     = "StringEquals"
      variable = "iam:AWSServiceName"
      values   = ["elasticloadbalancing.amazonaws.com", "globalaccelerator.amazonaws.com"]
    }
  }

  statement {
    sid = "Network"
    actions = [
      "ec2:*Address*", "ec2:*FlowLogs", "ec2:*InternetGateway", "ec2:*NatGateway", "ec2:*Route*", "ec2:*SecurityGroup*", "ec2:*Subnet*",
      "ec2:*Vpc*", "ec2:CreateTags", "ec2:DeleteTags",
    ]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [local.region]
    }
  }
}
