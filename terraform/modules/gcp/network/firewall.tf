# One policy, read from the top: Google's APIs, the named exceptions, nothing else. What comes in is refused: Cloud Run's requests don't
# come through the network, and nothing else is in it.
locals {
  # Priorities follow the names' order; a new exception may move others by one, which changes rules and no traffic.
  exceptions = { for position, name in sort(keys(var.allowed_egress)) : name => merge(var.allowed_egress[name], { priority = 1000 + position }) }
}

resource "google_compute_network_firewall_policy" "this" {
  project     = var.project
  name        = var.prefix
  description = "Deny, with named exceptions."
}

resource "google_compute_network_firewall_policy_rule" "apis" {
  project         = var.project
  firewall_policy = google_compute_network_firewall_policy.this.name
  rule_name       = "google-apis"
  description     = "Google's APIs at the address inside."
  action          = "allow"
  direction       = "EGRESS"
  priority        = 100

  match {
    dest_ip_ranges = ["${local.service}/32"]

    layer4_configs {
      ip_protocol = "tcp"
      ports       = ["443"]
    }
  }
}

resource "google_compute_network_firewall_policy_rule" "exception" {
  for_each = local.exceptions

  project         = var.project
  firewall_policy = google_compute_network_firewall_policy.this.name
  rule_name       = each.key
  description     = "Named exception ${each.key}."
  action          = "allow"
  direction       = "EGRESS"
  enable_logging  = local.logged
  priority        = each.value.priority

  match {
    dest_fqdns     = sort(each.value.fqdns)
    dest_ip_ranges = sort(each.value.ranges)

    layer4_configs {
      ip_protocol = "tcp"
      ports       = [for port in sort(each.value.ports) : tostring(port)]
    }
  }
}

resource "google_compute_network_firewall_policy_rule" "deny" {
  for_each = {
    egress  = { destinations = ["0.0.0.0/0"], direction = "EGRESS", priority = 65000, sources = null }
    ingress = { destinations = null, direction = "INGRESS", priority = 65001, sources = ["0.0.0.0/0"] }
  }

  project         = var.project
  firewall_policy = google_compute_network_firewall_policy.this.name
  rule_name       = "deny-${each.key}"
  description     = "Everything else."
  action          = "deny"
  direction       = each.value.direction
  enable_logging  = local.logged
  priority        = each.value.priority

  match {
    dest_ip_ranges = each.value.destinations
    src_ip_ranges  = each.value.sources

    layer4_configs {
      ip_protocol = "all"
    }
  }
}

# Last: the network is never open because the rules are not there yet.
resource "google_compute_network_firewall_policy_association" "this" {
  project           = var.project
  name              = var.prefix
  attachment_target = google_compute_network.this.id
  firewall_policy   = google_compute_network_firewall_policy.this.id

  depends_on = [google_compute_network_firewall_policy_rule.apis, google_compute_network_firewall_policy_rule.deny]
}
