locals {
  # What is kept here: what the services, the load balancer, the network and DNS said, and who read or wrote data.
  filter = join(" OR ", [
    "(resource.type=\"cloud_run_revision\" AND resource.labels.service_name=~\"^${var.prefix}-\")",
    "(resource.type=\"http_load_balancer\" AND resource.labels.backend_service_name=~\"^${var.prefix}-\")",
    "(resource.type=\"gce_subnetwork\" AND resource.labels.subnetwork_name=\"${var.prefix}-${var.region}\")",
    "(resource.type=\"nat_gateway\" AND resource.labels.gateway_name=\"${var.prefix}-nat\")",
    "(resource.type=\"dns_query\" AND resource.labels.target_name=~\"^${var.prefix}\")",
    "log_id(\"cloudaudit.googleapis.com/data_access\")",
  ])

  # What nobody would miss: answers to probes, which are most of the requests of a quiet day.
  exclusions = {
    health-checks = "httpRequest.requestUrl=~\"/(healthz|readyz)$\" AND httpRequest.status<400"
  }
}

resource "google_logging_project_bucket_config" "this" {
  project        = var.project
  location       = var.region
  bucket_id      = var.prefix
  description    = "What ${var.prefix} said, and who read or wrote its data."
  retention_days = var.retention_days

  cmek_settings {
    kms_key_name = var.key
  }
}

# A sink to a bucket of its own project writes without a grant.
resource "google_logging_project_sink" "this" {
  project                = var.project
  name                   = var.prefix
  description            = "To the bucket of ${var.prefix}."
  destination            = "logging.googleapis.com/${google_logging_project_bucket_config.this.id}"
  filter                 = local.filter
  unique_writer_identity = true

  dynamic "exclusions" {
    for_each = local.exclusions

    content {
      name   = exclusions.key
      filter = exclusions.value
    }
  }
}

# Out of the project's default bucket: kept twice, it would be billed twice, and there without our key and for 30 days whatever we say.
resource "google_logging_project_exclusion" "default" {
  project     = var.project
  name        = "${var.prefix}-kept-elsewhere"
  description = "Kept in the bucket ${var.prefix}."
  filter      = local.filter

  depends_on = [google_logging_project_sink.this]
}

# Who read or wrote data. Google records it only where it is asked for; changes of settings it records always.
resource "google_project_iam_audit_config" "this" {
  for_each = var.audit

  project = var.project
  service = each.key

  dynamic "audit_log_config" {
    for_each = each.value

    content {
      log_type = audit_log_config.value
    }
  }
}
