locals {
  # The lower half is the subnet's; the upper half is kept for what comes later, and its first address is Private Service Connect's, which
  # must be in no subnet.
  subnet  = cidrsubnet(var.cidr, 1, 0)
  service = cidrhost(cidrsubnet(var.cidr, 1, 1), 1)
  logged  = var.flow_log_sampling > 0
}

# Without a default route nothing gets out that was not asked for: Google's APIs are reached at an address inside.
resource "google_compute_network" "this" {
  #checkov:skip=CKV2_GCP_18:Its firewall rules deny everything but what is named; they are in firewall.tf.
  project                                   = var.project
  name                                      = var.prefix
  description                               = "What the services of ${var.prefix} send through."
  auto_create_subnetworks                   = false
  delete_default_routes_on_create           = true
  network_firewall_policy_enforcement_order = "BEFORE_CLASSIC_FIREWALL"
  routing_mode                              = "REGIONAL"
}

# A subnet spans the zones of its region. Cloud Run's instances take their addresses from it: at least a /26.
resource "google_compute_subnetwork" "this" {
  #checkov:skip=CKV_GCP_26:Flow logs are by flag and profile: they bill by the gigabyte.
  #checkov:skip=CKV_GCP_76:It has no IPv6 addresses.
  project                  = var.project
  name                     = "${var.prefix}-${var.region}"
  region                   = var.region
  network                  = google_compute_network.this.id
  ip_cidr_range            = local.subnet
  private_ip_google_access = true
  stack_type               = "IPV4_ONLY"

  dynamic "log_config" {
    for_each = local.logged ? [true] : []

    content {
      aggregation_interval = "INTERVAL_5_MIN"
      flow_sampling        = var.flow_log_sampling
      metadata             = "EXCLUDE_ALL_METADATA"
    }
  }
}

# Which names were asked for, and by whom: with the flows it tells what tried to get out.
resource "google_dns_policy" "this" {
  count = local.logged ? 1 : 0

  project        = var.project
  name           = var.prefix
  enable_logging = true

  networks {
    network_url = google_compute_network.this.id
  }
}
