module "profile" {
  source = "../../../modules/aws/profile"

  cost_profile = var.cost_profile
  features     = var.features
}

locals {
  features = module.profile.features
  settings = module.profile.settings

  # The same in every profile: they follow from what the functions wait for, not from what they cost. The HTTP API gives up after 30
  # seconds, so ingest must have answered by then; the bridge waits for the other cloud.
  timeout_seconds = merge({ archive = 30, bridge = 60, ingest = 25 }, { for name, handler in local.handlers : name => handler.timeout_seconds })

  # Attempts are for outages: a frame that can't be read is put into the dead letters at once, by the handler. Its pauses double up to
  # five minutes, so archive's attempts last for an hour, and the bridge's, as many as SQS allows, for three days of the other cloud's
  # outage. Then a frame rests in the dead letters until it is redriven.
  max_attempts = { archive = 20, bridge = 1000 }
}
