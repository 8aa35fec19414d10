# dev: to try things. Cheap, and gone with one destroy.
environment         = "dev"
prefix              = "isthmus-dev"
cost_profile        = "minimal"
deletion_protection = false

features = {
  tracing = true
}

aws = {
  account_id = "000000000000"
  region     = "us-east-1"
}

google = {
  project        = "isthmus-dev"
  project_number = "000000000000"
  region         = "us-central1"
}
