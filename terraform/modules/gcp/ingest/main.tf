# From the internet to the service: address, forwarding rule, TLS, URL map, Cloud Armor, serverless NEG. The service itself answers to
# nothing but this (module function, access = load_balancer). Nothing listens on port 80: a key sent in the clear is not sent twice.
locals {
  name = "${var.prefix}-ingest"
}

resource "google_compute_global_address" "ingest" {
  project      = var.project
  name         = local.name
  description  = "Where senders reach ingest."
  address_type = "EXTERNAL"
  ip_version   = "IPV4"
}

resource "google_compute_region_network_endpoint_group" "ingest" {
  project               = var.project
  name                  = local.name
  description           = "The service ${var.service}."
  region                = var.region
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = var.service
  }
}

# No health check and no time-out: a serverless group has none of its own, the service's count.
resource "google_compute_backend_service" "ingest" {
  project               = var.project
  name                  = local.name
  description           = "Ingest behind Cloud Armor."
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"
  security_policy       = google_compute_security_policy.ingest.id

  backend {
    group = google_compute_region_network_endpoint_group.ingest.id
  }

  log_config {
    enable      = true
    sample_rate = var.log_sampling
  }
}

resource "google_compute_url_map" "ingest" {
  project         = var.project
  name            = local.name
  description     = "Everything to ingest; Cloud Armor lets only its paths through."
  default_service = google_compute_backend_service.ingest.id
}

resource "google_compute_ssl_policy" "ingest" {
  project         = var.project
  name            = local.name
  description     = "TLS 1.2 and later, with forward secrecy."
  min_tls_version = "TLS_1_2"
  profile         = "RESTRICTED"
}

# 0-RTT is off: a replayed request would be taken twice.
resource "google_compute_target_https_proxy" "ingest" {
  project         = var.project
  name            = local.name
  description     = "Ends TLS for ${var.domain}."
  certificate_map = "//certificatemanager.googleapis.com/${var.certificate_map}"
  ssl_policy      = google_compute_ssl_policy.ingest.id
  tls_early_data  = "DISABLED"
  url_map         = google_compute_url_map.ingest.id
}

resource "google_compute_global_forwarding_rule" "ingest" {
  project               = var.project
  name                  = local.name
  description           = "HTTPS to ingest."
  ip_address            = google_compute_global_address.ingest.id
  ip_protocol           = "TCP"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "443"
  target                = google_compute_target_https_proxy.ingest.id
}
