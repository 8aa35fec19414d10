provider "aws" {
  region              = var.aws.region
  allowed_account_ids = [var.aws.account_id]

  default_tags {
    tags = {
      environment = var.environment
      layer       = "edge"
      managed_by  = "terraform"
      project     = "isthmus"
    }
  }
}

# Route 53 tells of its health checks in us-east-1 alone.
provider "aws" {
  alias               = "global"
  region              = "us-east-1"
  allowed_account_ids = [var.aws.account_id]

  default_tags {
    tags = {
      environment = var.environment
      layer       = "edge"
      managed_by  = "terraform"
      project     = "isthmus"
    }
  }
}
