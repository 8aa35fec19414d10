# staging: as in production, smaller; where a change is tried before.
environment         = "staging"
prefix              = "isthmus-staging"
cost_profile        = "balanced"
deletion_protection = true

aws = {
  account_id = "111111111111"
  region     = "us-east-1"
}

budget = { aws_usd = 125, gcp_usd = 70 }

contacts = { emails = ["platform@example.com"], slack_secret = "isthmus-staging-slack" }

failover = {
  addresses = { aws = ["198.51.100.10"], gcp = ["203.0.113.10"] }
  domain    = "events.staging.example.com"
}

features = {
  edge = true
}

github = {
  owner         = "example"
  owner_id      = "1000001"
  repository    = "isthmus"
  repository_id = "2000001"
}

google = {
  billing_account = "000000-000000-000000"
  project         = "isthmus-staging"
  project_number  = "111111111111"
  region          = "us-central1"
}
