provider "aws" {
  region              = var.aws.region
  allowed_account_ids = [var.aws.account_id]

  default_tags {
    tags = {
      environment = var.environment
      layer       = "foundation"
      managed_by  = "terraform"
      project     = "isthmus"
    }
  }
}
