locals {
  clouds = toset(["aws", "gcp"])

  # A weight of 0 is a standby: it answers only while the other is out. Cloud DNS has a policy of its own for that; Route 53 does the same
  # with the weight itself.
  standby = one([for cloud, weight in var.weights : cloud if weight == 0])
  active  = local.standby == null ? null : one(setsubtract(local.clouds, [local.standby]))
}

# Both zones name all the servers: whoever asks one provider learns of the other.
resource "google_dns_record_set" "name_servers" {
  count = length(var.name_servers.aws) > 0 && length(var.name_servers.gcp) > 0 ? 1 : 0

  project      = var.project
  managed_zone = var.zone
  name         = "${var.domain}."
  type         = "NS"
  ttl          = 3600
  rrdatas      = concat(sort(var.name_servers.gcp), sort(var.name_servers.aws))
}

# Nobody else may make a certificate for the name.
resource "google_dns_record_set" "issuers" {
  project      = var.project
  managed_zone = var.zone
  name         = "${var.domain}."
  type         = "CAA"
  ttl          = 3600
  rrdatas      = ["0 issue \"amazon.com\"", "0 issue \"pki.goog\""]
}

# Probes from the internet, for addresses outside Google too: exactly three source regions, 30 seconds apart or more. The name is the one
# that senders use, so each cloud must show its certificate for it.
resource "google_compute_health_check" "ingest" {
  project             = var.project
  name                = "${var.prefix}-ingest"
  description         = "Whether an ingest can publish."
  check_interval_sec  = var.health.interval_seconds
  healthy_threshold   = 2
  source_regions      = ["us-central1", "europe-west1", "asia-east1"]
  timeout_sec         = 5
  unhealthy_threshold = var.health.threshold

  https_health_check {
    host         = var.domain
    port         = 443
    request_path = var.health.path
  }

  log_config {
    enable = true
  }
}

resource "google_dns_record_set" "ingest" {
  project      = var.project
  managed_zone = var.zone
  name         = "${var.domain}."
  type         = "A"
  ttl          = var.ttl_seconds

  routing_policy {
    health_check = google_compute_health_check.ingest.id

    dynamic "wrr" {
      for_each = local.standby == null ? local.clouds : []

      content {
        weight = var.weights[wrr.key]

        health_checked_targets {
          external_endpoints = sort(var.addresses[wrr.key])
        }
      }
    }

    dynamic "primary_backup" {
      for_each = local.standby[*]

      content {
        trickle_ratio = 0

        primary {
          external_endpoints = sort(var.addresses[local.active])
        }

        backup_geo {
          location = var.region

          health_checked_targets {
            external_endpoints = sort(var.addresses[primary_backup.value])
          }
        }
      }
    }
  }
}
