# The one place where a cost profile becomes figures on this cloud; environments/README.md has them as a table.
locals {
  profiles = {
    minimal = {
      alarms               = { burn = ["fast"], evaluation_periods = 3 }
      api                  = { burst = 200, detailed_metrics = false, rate = 100, rate_per_minute = 6000 }
      archive              = { max_concurrency = 2, memory_mb = 512 }
      audit                = { s3 = [] }
      bridge               = { max_concurrency = 2, memory_mb = 512 }
      compaction           = { every_hours = 1, lookback_days = 2, reserved_concurrency = -1 }
      ingest               = { memory_mb = 1024, reserved_concurrency = -1 }
      interface_endpoints  = []
      key_deletion_days    = 7
      key_rotation_days    = 365
      ledger               = { every_minutes = 60, reserved_concurrency = -1, window_hours = 24 }
      lifecycle_days       = { archive = 0, expire = 30, infrequent = 0 }
      log_retention_days   = 7
      noncurrent_days      = 7
      query_cutoff_gb      = 1
      replication_schedule = "rate(1 day)"
      synthetics_minutes   = 15
      trace_ratio          = 1
    }
    balanced = {
      alarms               = { burn = ["fast", "slow"], evaluation_periods = 2 }
      api                  = { burst = 1000, detailed_metrics = false, rate = 500, rate_per_minute = 30000 }
      archive              = { max_concurrency = 10, memory_mb = 1024 }
      audit                = { s3 = ["DATA_WRITE"] }
      bridge               = { max_concurrency = 10, memory_mb = 1024 }
      compaction           = { every_hours = 1, lookback_days = 2, reserved_concurrency = -1 }
      ingest               = { memory_mb = 1769, reserved_concurrency = -1 }
      interface_endpoints  = []
      key_deletion_days    = 30
      key_rotation_days    = 365
      ledger               = { every_minutes = 15, reserved_concurrency = -1, window_hours = 24 }
      lifecycle_days       = { archive = 90, expire = 400, infrequent = 30 }
      log_retention_days   = 30
      noncurrent_days      = 30
      query_cutoff_gb      = 100
      replication_schedule = "rate(6 hours)"
      synthetics_minutes   = 5
      trace_ratio          = 0.1
    }
    resilient = {
      alarms               = { burn = ["fast", "slow", "steady"], evaluation_periods = 1 }
      api                  = { burst = 5000, detailed_metrics = true, rate = 2500, rate_per_minute = 150000 }
      archive              = { max_concurrency = 50, memory_mb = 1769 }
      audit                = { s3 = ["DATA_READ", "DATA_WRITE"] }
      bridge               = { max_concurrency = 50, memory_mb = 1769 }
      compaction           = { every_hours = 1, lookback_days = 2, reserved_concurrency = 1 }
      ingest               = { memory_mb = 1769, reserved_concurrency = 200 }
      interface_endpoints  = ["kms", "logs", "sns", "sqs", "sts"]
      key_deletion_days    = 30
      key_rotation_days    = 180
      ledger               = { every_minutes = 10, reserved_concurrency = 1, window_hours = 24 }
      lifecycle_days       = { archive = 180, expire = 2555, infrequent = 60 }
      log_retention_days   = 365
      noncurrent_days      = 90
      query_cutoff_gb      = 1000
      replication_schedule = "rate(1 hour)"
      synthetics_minutes   = 1
      trace_ratio          = 0.05
    }
  }

  # What a profile switches on; an environment's own flags come first.
  features = {
    minimal   = ["budgets", "tracing"]
    balanced  = ["analytics", "budgets", "flow_logs", "ledger", "network", "replication", "tracing"]
    resilient = ["analytics", "budgets", "flow_logs", "ledger", "network", "replication", "synthetics", "tracing"]
  }

  flags = ["analytics", "budgets", "datasync", "edge", "flow_logs", "ledger", "nat", "network", "replication", "synthetics", "tracing"]

  switched = { for flag in local.flags : flag => lookup(var.features, flag, contains(local.features[var.cost_profile], flag)) }
  parents  = { datasync = "replication", flow_logs = "network", nat = "network", synthetics = "edge" }
  orphans  = [for flag, parent in local.parents : flag if lookup(var.features, flag, false) && !local.switched[parent]]
}
