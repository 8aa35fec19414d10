# Private Service Connect: one address inside that stands for all of Google's APIs.
resource "google_compute_global_address" "apis" {
  project      = var.project
  name         = "${var.prefix}-apis"
  description  = "Google's APIs, from inside."
  address      = local.service
  address_type = "INTERNAL"
  network      = google_compute_network.this.id
  purpose      = "PRIVATE_SERVICE_CONNECT"
}

# The name of such an endpoint has at most 20 small letters and digits, no hyphen: the prefix has no room there.
resource "google_compute_global_forwarding_rule" "apis" {
  project               = var.project
  name                  = "apis${substr(sha256(var.prefix), 0, 8)}"
  ip_address            = google_compute_global_address.apis.id
  load_balancing_scheme = ""
  network               = google_compute_network.this.id
  target                = "all-apis"
}

# The ordinary names lead to that address, so no client has to know.
resource "google_dns_managed_zone" "apis" {
  #checkov:skip=CKV_GCP_16:A private zone is not signed: it answers inside the network only.
  project     = var.project
  name        = "${var.prefix}-apis"
  dns_name    = "googleapis.com."
  description = "Google's APIs at the address inside."
  visibility  = "private"

  private_visibility_config {
    networks {
      network_url = google_compute_network.this.id
    }
  }
}

resource "google_dns_record_set" "address" {
  project      = var.project
  managed_zone = google_dns_managed_zone.apis.name
  name         = google_dns_managed_zone.apis.dns_name
  type         = "A"
  ttl          = 300
  rrdatas      = [google_compute_global_address.apis.address]
}

resource "google_dns_record_set" "names" {
  project      = var.project
  managed_zone = google_dns_managed_zone.apis.name
  name         = "*.${google_dns_managed_zone.apis.dns_name}"
  type         = "CNAME"
  ttl          = 300
  rrdatas      = [google_dns_managed_zone.apis.dns_name]
}
