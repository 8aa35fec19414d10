# A certificate that is there before any traffic is: Google asks for a record in the zone, not for an answer at the name. So the name can
# point at the other cloud, or at nothing yet, and the certificate is renewed all the same.
locals {
  name = replace(var.domain, ".", "-")
}

resource "google_certificate_manager_dns_authorization" "this" {
  project     = var.project
  name        = "${var.prefix}-${local.name}"
  description = "Shows that ${var.domain} is ours."
  domain      = var.domain
}

resource "google_certificate_manager_certificate" "this" {
  project     = var.project
  name        = "${var.prefix}-${local.name}"
  description = "Certificate of ${var.domain}."

  managed {
    dns_authorizations = [google_certificate_manager_dns_authorization.this.id]
    domains            = [google_certificate_manager_dns_authorization.this.domain]
  }
}

resource "google_certificate_manager_certificate_map" "this" {
  project     = var.project
  name        = var.prefix
  description = "Which certificate a name gets."
}

# By name: whoever asks for another gets no certificate, and no answer.
resource "google_certificate_manager_certificate_map_entry" "this" {
  project      = var.project
  name         = "${var.prefix}-${local.name}"
  description  = "The certificate of ${var.domain}."
  map          = google_certificate_manager_certificate_map.this.name
  certificates = [google_certificate_manager_certificate.this.id]
  hostname     = var.domain
}
