# prod: what customers send to.
environment         = "prod"
prefix              = "isthmus-prod"
cost_profile        = "resilient"
deletion_protection = true

aws = {
  account_id = "222222222222"
  region     = "us-east-1"
}

budget = { aws_usd = 445, gcp_usd = 270 }

contacts = { emails = ["platform@example.com"], slack_secret = "isthmus-prod-slack" }

failover = {
  addresses = { aws = ["198.51.100.20"], gcp = ["203.0.113.20"] }
  domain    = "events.example.com"

  # The name of the secret with the canary's key, never the key; docs/observability.md says how it is made, and who must know its hash.
  probe_secret = "isthmus-prod-probe"
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
  project         = "isthmus-prod"
  project_number  = "222222222222"
  region          = "us-central1"
}
