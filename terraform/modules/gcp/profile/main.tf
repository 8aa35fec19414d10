# The one place where a cost profile becomes figures on this cloud; environments/README.md has them as a table.
locals {
  profiles = {
    minimal = {
      alarms             = { burn = ["fast"], window_minutes = 3 }
      api                = { log_sampling = 0.1, rate_per_minute = 6000 }
      archive            = { max_instances = 2, memory_mb = 512, min_instances = 0 }
      audit              = { cloudkms = [], storage = [] }
      bridge             = { max_instances = 2, memory_mb = 512, min_instances = 0 }
      compaction         = { every_hours = 1, lookback_days = 2 }
      flow_sampling      = 0.1
      ingest             = { max_instances = 4, memory_mb = 512, min_instances = 0 }
      key_deletion_days  = 7
      key_rotation_days  = 90
      ledger             = { every_minutes = 60, window_hours = 24 }
      lifecycle_days     = { archive = 0, expire = 30, infrequent = 0 }
      log_retention_days = 7
      noncurrent_days    = 7
      query_daily_gb     = 10
      replication_hours  = 24
      retention_days     = 7
      soft_delete_days   = 0
      synthetics_minutes = 15
      trace_ratio        = 1
    }
    balanced = {
      alarms             = { burn = ["fast", "slow"], window_minutes = 2 }
      api                = { log_sampling = 0.5, rate_per_minute = 30000 }
      archive            = { max_instances = 10, memory_mb = 512, min_instances = 0 }
      audit              = { cloudkms = [], storage = ["DATA_WRITE"] }
      bridge             = { max_instances = 10, memory_mb = 512, min_instances = 0 }
      compaction         = { every_hours = 1, lookback_days = 2 }
      flow_sampling      = 0.5
      ingest             = { max_instances = 20, memory_mb = 1024, min_instances = 1 }
      key_deletion_days  = 30
      key_rotation_days  = 90
      ledger             = { every_minutes = 15, window_hours = 24 }
      lifecycle_days     = { archive = 90, expire = 400, infrequent = 30 }
      log_retention_days = 30
      noncurrent_days    = 30
      query_daily_gb     = 1000
      replication_hours  = 6
      retention_days     = 14
      soft_delete_days   = 0
      synthetics_minutes = 5
      trace_ratio        = 0.1
    }
    resilient = {
      alarms             = { burn = ["fast", "slow", "steady"], window_minutes = 1 }
      api                = { log_sampling = 1, rate_per_minute = 150000 }
      archive            = { max_instances = 50, memory_mb = 1024, min_instances = 1 }
      audit              = { cloudkms = ["DATA_READ"], storage = ["DATA_READ", "DATA_WRITE"] }
      bridge             = { max_instances = 50, memory_mb = 1024, min_instances = 1 }
      compaction         = { every_hours = 1, lookback_days = 2 }
      flow_sampling      = 1
      ingest             = { max_instances = 100, memory_mb = 1024, min_instances = 2 }
      key_deletion_days  = 30
      key_rotation_days  = 30
      ledger             = { every_minutes = 10, window_hours = 24 }
      lifecycle_days     = { archive = 180, expire = 2555, infrequent = 60 }
      log_retention_days = 365
      noncurrent_days    = 90
      query_daily_gb     = 10000
      replication_hours  = 1
      retention_days     = 31
      soft_delete_days   = 7
      synthetics_minutes = 1
      trace_ratio        = 0.05
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
