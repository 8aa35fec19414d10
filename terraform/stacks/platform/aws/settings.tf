# The one place where a cost profile becomes figures; environments/README.md has them as a table.
locals {
  profiles = {
    minimal = {
      api                = { burst = 200, detailed_metrics = false, rate = 100 }
      archive            = { max_concurrency = 2, memory_mb = 512 }
      bridge             = { max_concurrency = 2, memory_mb = 512 }
      ingest             = { memory_mb = 1024, reserved_concurrency = -1 }
      key_deletion_days  = 7
      log_retention_days = 7
      noncurrent_days    = 7
    }
    balanced = {
      api                = { burst = 1000, detailed_metrics = false, rate = 500 }
      archive            = { max_concurrency = 10, memory_mb = 1024 }
      bridge             = { max_concurrency = 10, memory_mb = 1024 }
      ingest             = { memory_mb = 1769, reserved_concurrency = -1 }
      key_deletion_days  = 30
      log_retention_days = 30
      noncurrent_days    = 30
    }
    resilient = {
      api                = { burst = 5000, detailed_metrics = true, rate = 2500 }
      archive            = { max_concurrency = 50, memory_mb = 1769 }
      bridge             = { max_concurrency = 50, memory_mb = 1769 }
      ingest             = { memory_mb = 1769, reserved_concurrency = 200 }
      key_deletion_days  = 30
      log_retention_days = 365
      noncurrent_days    = 90
    }
  }

  settings = local.profiles[var.cost_profile]

  # The same in every profile: they follow from what the functions wait for, not from what they cost. The HTTP API gives up after 30
  # seconds, so ingest must have answered by then; the bridge waits for the other cloud.
  timeout_seconds = { archive = 30, bridge = 60, ingest = 25 }

  # Attempts are for outages: a frame that can't be read is put into the dead letters at once, by the handler. Its pauses double up to
  # five minutes, so archive's attempts last for an hour, and the bridge's, as many as SQS allows, for three days of the other cloud's
  # outage. Then a frame rests in the dead letters until it is redriven.
  max_attempts = { archive = 20, bridge = 1000 }
}
