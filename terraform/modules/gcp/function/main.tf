locals {
  name = "${var.prefix}-${coalesce(var.handler, var.role)}"

  environment = merge(var.environment_variables, { ISTHMUS_CLOUD = "gcp", ISTHMUS_PREFIX = var.prefix, ISTHMUS_ROLE = var.role }, var.handler == null ? {} : { ISTHMUS_HANDLER = var.handler })

  # Who can reach the service, and who then checks the caller. There is no setting that lets the whole internet in directly.
  # internal:      calls from the project only; a Pub/Sub push to the run.app URL counts as one. Cloud Run checks the caller (IAM).
  # authenticated: from anywhere, but Cloud Run checks the caller (IAM) before the container is started.
  # load_balancer: through the load balancer only. It can't sign requests, so Cloud Run has no caller to check, and ingest itself checks
  #                the sender. `allUsers` as invoker would do the same, but organisations forbid it (domain restricted sharing), it
  #                would stay behind if the ingress were opened by hand, and a policy could not tell it from a mistake.
  access = {
    internal      = { iam = true, ingress = "INGRESS_TRAFFIC_INTERNAL_ONLY" }
    authenticated = { iam = true, ingress = "INGRESS_TRAFFIC_ALL" }
    load_balancer = { iam = false, ingress = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" }
  }[var.access]
}

resource "google_service_account" "this" {
  project      = var.project
  account_id   = local.name
  display_name = local.name
  description  = "What ${local.name} runs as."
}

resource "google_cloud_run_v2_service" "this" {
  project              = var.project
  name                 = local.name
  location             = var.region
  description          = var.description
  custom_audiences     = [local.name]
  deletion_protection  = var.deletion_protection
  ingress              = local.access.ingress
  invoker_iam_disabled = !local.access.iam

  # An instance that may not read its secrets does not start.
  depends_on = [google_secret_manager_secret_iam_member.secret]

  template {
    max_instance_request_concurrency = var.settings.concurrency
    service_account                  = google_service_account.this.email
    timeout                          = "${var.settings.timeout_seconds}s"

    # Straight into the subnet, without a connector to pay for and to scale.
    dynamic "vpc_access" {
      for_each = var.network[*]

      content {
        egress = vpc_access.value.all_traffic ? "ALL_TRAFFIC" : "PRIVATE_RANGES_ONLY"

        network_interfaces {
          network    = vpc_access.value.network
          subnetwork = vpc_access.value.subnet
        }
      }
    }

    scaling {
      max_instance_count = var.settings.max_instances
      min_instance_count = var.settings.min_instances
    }

    containers {
      image = var.image

      dynamic "env" {
        for_each = local.environment

        content {
          name  = env.key
          value = env.value
        }
      }

      dynamic "env" {
        for_each = var.secrets

        content {
          name = env.key

          value_source {
            secret_key_ref {
              secret  = env.value
              version = "latest"
            }
          }
        }
      }

      ports {
        container_port = 8080
      }

      resources {
        # Paid only while a request is served, with more processor while it starts.
        cpu_idle          = true
        limits            = { cpu = "1", memory = "${var.settings.memory_mb}Mi" }
        startup_cpu_boost = true
      }

      startup_probe {
        failure_threshold = 10
        period_seconds    = 2
        timeout_seconds   = 1

        http_get {
          path = "/healthz"
        }
      }

      liveness_probe {
        failure_threshold = 3
        period_seconds    = 30
        timeout_seconds   = 5

        http_get {
          path = "/healthz"
        }
      }
    }
  }
}

resource "google_secret_manager_secret_iam_member" "secret" {
  for_each = toset(values(var.secrets))

  project   = var.project
  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${google_service_account.this.email}"
}

resource "google_cloud_run_v2_service_iam_member" "invoker" {
  for_each = var.invokers

  project  = var.project
  location = var.region
  name     = google_cloud_run_v2_service.this.name
  role     = "roles/run.invoker"
  member   = each.value
}
