# The one place where a cost profile becomes figures; environments/README.md has them as a table.
locals {
  profiles = {
    minimal = {
      archive           = { max_instances = 2, memory_mb = 512, min_instances = 0 }
      bridge            = { max_instances = 2, memory_mb = 512, min_instances = 0 }
      ingest            = { max_instances = 4, memory_mb = 512, min_instances = 0 }
      key_deletion_days = 7
      noncurrent_days   = 7
      retention_days    = 7
      soft_delete_days  = 0
    }
    balanced = {
      archive           = { max_instances = 10, memory_mb = 512, min_instances = 0 }
      bridge            = { max_instances = 10, memory_mb = 512, min_instances = 0 }
      ingest            = { max_instances = 20, memory_mb = 1024, min_instances = 1 }
      key_deletion_days = 30
      noncurrent_days   = 30
      retention_days    = 14
      soft_delete_days  = 0
    }
    resilient = {
      archive           = { max_instances = 50, memory_mb = 1024, min_instances = 1 }
      bridge            = { max_instances = 50, memory_mb = 1024, min_instances = 1 }
      ingest            = { max_instances = 100, memory_mb = 1024, min_instances = 2 }
      key_deletion_days = 30
      noncurrent_days   = 90
      retention_days    = 31
      soft_delete_days  = 7
    }
  }

  settings = local.profiles[var.cost_profile]

  # The same in every profile: they follow from what the functions wait for, not from what they cost.
  timeout_seconds = { archive = 30, bridge = 60, ingest = 25 }

  # Attempts are for outages: a frame that can't be read is put into the dead letters at once, by the handler. Pub/Sub's pauses double
  # up to ten minutes, so archive's attempts last for two hours, and the bridge's, as many as Pub/Sub allows, for 15 hours of the
  # other cloud's outage. Then a frame rests in the dead letters until it is redriven.
  max_attempts = { archive = 20, bridge = 100 }
}
