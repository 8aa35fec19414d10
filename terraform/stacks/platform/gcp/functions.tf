locals {
  # The other cloud's names are derived, never read: this plan must work while that cloud is down.
  aws = {
    ISTHMUS_AWS_REGION    = var.aws.region
    ISTHMUS_AWS_ROLE_ARN  = "arn:aws:iam::${var.aws.account_id}:role/${var.prefix}-google"
    ISTHMUS_SNS_TOPIC_ARN = "arn:aws:sns:${var.aws.region}:${var.aws.account_id}:${var.prefix}-events"
  }

  # By digest when the build gives one; else the environment's own tag.
  image = coalesce(var.image, "${var.google.region}-docker.pkg.dev/${var.google.project}/${var.prefix}/functions:${var.environment}")

  push = { pubsub = "serviceAccount:${module.messaging.push_identity}" }

  # Spans go straight to Cloud Trace, which takes OTLP: no collector. On a laptop the functions know this endpoint and don't use it.
  tracing = local.features.tracing ? {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = "https://telemetry.googleapis.com/v1/traces"
    OTEL_TRACES_SAMPLER                = "parentbased_traceidratio"
    OTEL_TRACES_SAMPLER_ARG            = tostring(local.settings.trace_ratio)
  } : {}

  functions = {
    archive = {
      access      = "internal"
      description = "Stores each frame once in the bucket."
      environment_variables = {
        ISTHMUS_BUCKET               = module.archive.bucket
        ISTHMUS_DLQ                  = module.messaging.dead_letters.archive.topic
        ISTHMUS_PUSH_AUDIENCE        = "${var.prefix}-archive"
        ISTHMUS_PUSH_SERVICE_ACCOUNT = module.messaging.push_identity
      }
      invokers = local.push
      settings = local.settings.archive
    }
    bridge = {
      access      = "internal"
      description = "Forwards the frames that Google Cloud held first to AWS."
      environment_variables = merge(local.aws, {
        ISTHMUS_DLQ                  = module.messaging.dead_letters.bridge.topic
        ISTHMUS_PUSH_AUDIENCE        = "${var.prefix}-bridge"
        ISTHMUS_PUSH_SERVICE_ACCOUNT = module.messaging.push_identity
      })
      invokers = local.push
      settings = local.settings.bridge
    }
    ingest = {
      # Behind the load balancer it can be reached by nothing else. Without one only invokers reach it; their identity token goes into
      # X-Serverless-Authorization, so that Authorization stays for the sender's own.
      access      = local.features.edge ? "load_balancer" : "authenticated"
      description = "Takes CloudEvents in, and answers when a broker holds them."
      environment_variables = merge(local.aws, {
        ISTHMUS_PUBSUB_TOPIC = module.messaging.topic
        ISTHMUS_SENDERS      = jsonencode(var.senders)
      })
      invokers = local.features.edge ? {} : { for member in var.google.ingest_invokers : member => member }
      settings = local.settings.ingest
    }
  }
}

module "function" {
  source   = "../../../modules/gcp/function"
  for_each = merge(local.functions, local.handler_functions)

  access              = each.value.access
  deletion_protection = var.deletion_protection
  description         = each.value.description
  handler             = contains(keys(local.handlers), each.key) ? each.key : null
  image               = local.image
  invokers            = each.value.invokers
  network             = lookup(local.networks, each.key, null)
  prefix              = var.prefix
  project             = google_project_service.required["run.googleapis.com"].project
  region              = var.google.region
  role                = contains(keys(local.handlers), each.key) ? "handler" : each.key

  environment_variables = merge(each.value.environment_variables, local.tracing, {
    ISTHMUS_ENVIRONMENT = var.environment
    ISTHMUS_GCP_PROJECT = var.google.project
  })

  settings = merge(each.value.settings, { timeout_seconds = local.timeout_seconds[each.key] })
}
