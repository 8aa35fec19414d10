locals {
  # The other cloud's names are derived, never read: this plan must work while that cloud is down.
  google = {
    ISTHMUS_GCP_PROJECT                = var.google.project
    ISTHMUS_GCP_SERVICE_ACCOUNT        = "${var.prefix}-aws@${var.google.project}.iam.gserviceaccount.com"
    ISTHMUS_PUBSUB_TOPIC               = "projects/${var.google.project}/topics/${var.prefix}-events"
    ISTHMUS_WORKLOAD_IDENTITY_PROVIDER = "//iam.googleapis.com/projects/${var.google.project_number}/locations/global/workloadIdentityPools/${var.prefix}-aws/providers/lambda"
  }

  # Spans go straight to X-Ray, which takes OTLP: no collector. On a laptop the functions know this endpoint and don't use it.
  tracing = local.features.tracing ? {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = "https://xray.${var.aws.region}.amazonaws.com/v1/traces"
    OTEL_TRACES_SAMPLER                = "parentbased_traceidratio"
    OTEL_TRACES_SAMPLER_ARG            = tostring(local.settings.trace_ratio)
  } : {}

  functions = {
    archive = {
      description = "Stores each frame once in the bucket."
      environment_variables = {
        ISTHMUS_BUCKET = module.archive.bucket
        ISTHMUS_DLQ    = module.messaging.dead_letters.archive.url
      }
      settings = local.settings.archive
    }
    bridge = {
      description = "Forwards the frames that AWS held first to Google Cloud."
      environment_variables = merge(local.google, {
        ISTHMUS_DLQ = module.messaging.dead_letters.bridge.url
      })
      settings = local.settings.bridge
    }
    ingest = {
      description = "Takes CloudEvents in, and answers when a broker holds them."
      environment_variables = merge(local.google, {
        ISTHMUS_SENDERS       = jsonencode(var.senders)
        ISTHMUS_SNS_TOPIC_ARN = module.messaging.topic
      })
      settings = local.settings.ingest
    }
  }
}

module "function" {
  source   = "../../../modules/aws/function"
  for_each = merge(local.functions, local.handler_functions)

  architecture = var.architecture
  boundary     = local.boundary
  description  = each.value.description
  log_key      = local.keys.logs
  handler      = contains(keys(local.handlers), each.key) ? each.key : null
  package      = "${var.package_dir}/${contains(keys(local.handlers), each.key) ? "archive" : each.key}.zip" # which has the handlers, too
  policy       = data.aws_iam_policy_document.function[each.key].json
  prefix       = var.prefix
  role         = contains(keys(local.handlers), each.key) ? "handler" : each.key
  tracing      = local.features.tracing

  environment_variables = merge(each.value.environment_variables, local.tracing, {
    ISTHMUS_AWS_REGION  = var.aws.region
    ISTHMUS_ENVIRONMENT = var.environment
  })

  queue = contains(keys(module.messaging.queues), each.key) ? {
    arn             = module.messaging.queues[each.key].arn
    max_concurrency = each.value.settings.max_concurrency
  } : null

  settings = {
    log_retention_days   = local.settings.log_retention_days
    memory_mb            = each.value.settings.memory_mb
    reserved_concurrency = try(each.value.settings.reserved_concurrency, -1)
    timeout_seconds      = local.timeout_seconds[each.key]
  }
}
