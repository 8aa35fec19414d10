locals {
  window = "${var.window_minutes * 60}s"

  # What is too much, for each function and each subscription. per: how the points of a minute become one figure.
  functions = {
    for role, _ in var.functions : "${role}-errors" => {
      above   = 0
      filter  = "resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"${var.prefix}-${role}\" AND metric.type = \"run.googleapis.com/request_count\" AND metric.labels.response_code_class = \"5xx\""
      per     = { aligner = "ALIGN_SUM", reducer = "REDUCE_SUM" }
      runbook = role == "ingest" ? "docs/runbooks/ingest-errors.md" : "docs/runbooks/function-errors.md"
      says    = "${role} answered with an error of its own."
    }
  }

  backlog = {
    for name, queue in var.queues : "${name}-backlog" => {
      above   = queue.max_age_seconds
      filter  = "resource.type = \"pubsub_subscription\" AND resource.labels.subscription_id = \"${queue.name}\" AND metric.type = \"pubsub.googleapis.com/subscription/oldest_unacked_message_age\""
      per     = { aligner = "ALIGN_MAX", reducer = "REDUCE_MAX" }
      runbook = "docs/runbooks/queue-backlog.md"
      says    = "A message waits for ${name} for longer than ${queue.max_age_seconds} seconds."
    }
  }

  dead_letters = {
    for name, queue in var.queues : "${name}-dead-letters" => {
      above   = 0
      filter  = "resource.type = \"pubsub_subscription\" AND resource.labels.subscription_id = \"${queue.dead_letter}\" AND metric.type = \"pubsub.googleapis.com/subscription/num_undelivered_messages\""
      per     = { aligner = "ALIGN_MAX", reducer = "REDUCE_MAX" }
      runbook = "docs/runbooks/dead-letters.md"
      says    = "${name} gave a frame up: it is among the dead letters."
    }
  }

  latency = {
    ingest-latency = {
      above   = var.latency_ms
      filter  = "resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"${var.prefix}-ingest\" AND metric.type = \"run.googleapis.com/request_latencies\""
      per     = { aligner = "ALIGN_PERCENTILE_99", reducer = "REDUCE_MAX" }
      runbook = "docs/runbooks/ingest-errors.md"
      says    = "One request of a hundred takes more than ${var.latency_ms} ms."
    }
  }

  # How long its calls may take: near the time-out the next step is that they fail.
  duration = {
    for role, timeout_seconds in var.functions : "${role}-duration" => {
      above   = 800 * timeout_seconds
      filter  = "resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"${var.prefix}-${role}\" AND metric.type = \"run.googleapis.com/request_latencies\""
      per     = { aligner = "ALIGN_PERCENTILE_99", reducer = "REDUCE_MAX" }
      runbook = "docs/runbooks/function-duration.md"
      says    = "Calls of ${role} take more than four fifths of their ${timeout_seconds} seconds."
    }
  }

  alarms = merge(local.functions, local.backlog, local.dead_letters, local.duration, local.latency)

  # What one line of a log tells. Not by a metric of the logs: Cloud Monitoring knows a new one only after minutes, and refuses a policy on
  # it until then (terraform-provider-google issue 11102).
  lines = merge(
    {
      bridge-lag = {
        filter  = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"${var.prefix}-archive\" AND jsonPayload.age_ms.aws>${1000 * var.bridge_lag_seconds}"
        runbook = "docs/runbooks/bridge-lag.md"
        says    = "A frame came from AWS more than ${var.bridge_lag_seconds} seconds after it was accepted there."
      }
      logged-errors = {
        filter  = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=~\"^${var.prefix}-\" AND severity>=ERROR"
        runbook = "docs/runbooks/function-errors.md"
        says    = "A function logged an error."
      }
    },
    # Storage Transfer copies what S3 has and this archive lacks an hour later: each copy, and each that failed, is a gap.
    { for bucket in var.replicated_bucket[*] : "replication-gap" => {
      filter  = "resource.type=\"storage_transfer_job\" AND jsonPayload.action=\"COPY\" AND \"${bucket}\""
      runbook = "docs/runbooks/replication-gap.md"
      says    = "The archive lacked a frame that S3 has: replication copied it, or failed to."
    } },
  )
}
