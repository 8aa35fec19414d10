# dev: to try things. Cheap, and gone with one destroy.
environment         = "dev"
prefix              = "isthmus-dev"
cost_profile        = "minimal"
deletion_protection = false

budget = { aws_usd = 20, gcp_usd = 5 }

contacts = { emails = ["dev@example.com"] }

aws = {
  account_id = "000000000000"
  region     = "us-east-1"
}

google = {
  project         = "isthmus-dev"
  project_number  = "000000000000"
  billing_account = "000000-000000-000000"
  region          = "us-central1"
}

github = {
  owner         = "example"
  owner_id      = "1000001"
  repository    = "isthmus"
  repository_id = "2000001"
}
