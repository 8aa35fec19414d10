# The way out, where one is asked for: the default route that the network was made without, and Cloud NAT behind it. The firewall policy
# still lets nothing through but the exceptions.
resource "google_compute_route" "internet" {
  count = var.nat ? 1 : 0

  project          = var.project
  name             = "${var.prefix}-internet"
  description      = "The way out, behind Cloud NAT."
  dest_range       = "0.0.0.0/0"
  network          = google_compute_network.this.id
  next_hop_gateway = "default-internet-gateway"
}

resource "google_compute_router" "nat" {
  count = var.nat ? 1 : 0

  project = var.project
  name    = "${var.prefix}-nat"
  region  = var.region
  network = google_compute_network.this.id
}

# Addresses of its own, so that others can let this environment in by address.
resource "google_compute_address" "nat" {
  count = var.nat ? 1 : 0

  project      = var.project
  name         = "${var.prefix}-nat"
  description  = "Where requests of ${var.prefix} come from."
  region       = var.region
  address_type = "EXTERNAL"
}

resource "google_compute_router_nat" "nat" {
  count = var.nat ? 1 : 0

  project                             = var.project
  name                                = "${var.prefix}-nat"
  region                              = var.region
  router                              = google_compute_router.nat[0].name
  enable_endpoint_independent_mapping = false
  nat_ip_allocate_option              = "MANUAL_ONLY"
  nat_ips                             = google_compute_address.nat[*].self_link
  source_subnetwork_ip_ranges_to_nat  = "LIST_OF_SUBNETWORKS"

  log_config {
    enable = true
    filter = "ERRORS_ONLY"
  }

  subnetwork {
    name                    = google_compute_subnetwork.this.id
    source_ip_ranges_to_nat = ["ALL_IP_RANGES"]
  }
}
