locals {
  # One set for all of it: off, the edge is nothing at all.
  edge  = local.features.edge ? { this = var.failover } : {}
  names = { for key, failover in local.edge : key => "${var.prefix}-${replace(failover.domain, ".", "-")}" }

  # This cloud's address is the one that its load balancer has, whatever the environment says; the other cloud's only the environment knows.
  addresses = {
    for key, address in data.google_compute_global_address.ingest : key => { aws = var.failover.addresses.aws, gcp = [address.address] }
  }
}

# What the platform's load balancer answers at, found by name: its state is not read.
data "google_compute_global_address" "ingest" {
  for_each = local.edge

  project = var.google.project
  name    = "${var.prefix}-ingest"
}

# The zone of the name that senders use. Route 53 serves the same zone: whichever provider is asked gives the same answers, so DNS
# survives either of them.
resource "google_dns_managed_zone" "this" {
  #checkov:skip=CKV_GCP_16:Two providers that sign one zone need each other's keys; until both can, it is not signed.
  for_each = local.edge

  project       = google_project_service.required["dns.googleapis.com"].project
  name          = local.names[each.key]
  dns_name      = "${each.value.domain}."
  description   = "Where senders find an ingest."
  force_destroy = !var.deletion_protection
  visibility    = "public"
}

module "failover" {
  source   = "../../../modules/gcp/failover"
  for_each = local.edge

  addresses    = local.addresses[each.key]
  domain       = each.value.domain
  health       = each.value.health
  name_servers = each.value.name_servers
  prefix       = var.prefix
  project      = google_project_service.required["compute.googleapis.com"].project
  region       = var.google.region
  ttl_seconds  = each.value.ttl_seconds
  weights      = each.value.weights
  zone         = google_dns_managed_zone.this[each.key].name
}

# What the platform's certificate waits for, found by name: its state is not read.
data "google_certificate_manager_dns_authorization" "this" {
  for_each = local.edge

  project = var.google.project
  name    = local.names[each.key]
  domain  = each.value.domain
}

locals {
  proof  = one([for found in data.google_certificate_manager_dns_authorization.this : one(found.dns_resource_record)])
  proofs = local.features.edge ? merge(var.failover.proofs, { gcp = { name = local.proof.name, type = local.proof.type, value = local.proof.data } }) : {}
}

# What proves the certificates, here before any traffic comes, and for every renewal: this cloud's, and the other's once it is known,
# which may be asked for here as well as there.
resource "google_dns_record_set" "proof" {
  for_each = local.proofs

  project      = var.google.project
  managed_zone = google_dns_managed_zone.this["this"].name
  name         = each.value.name
  type         = each.value.type
  ttl          = 300
  rrdatas      = [each.value.value]
}

module "synthetics" {
  source   = "../../../modules/gcp/synthetics"
  for_each = local.features.synthetics ? local.edge : {}

  domain        = each.value.domain
  emails        = var.contacts.emails
  every_minutes = local.settings.synthetics_minutes
  prefix        = var.prefix
  project       = google_project_service.required["monitoring.googleapis.com"].project
}
