# What the foundation layer made, by name: its state is not read, and nothing is asked of the cloud.
locals {
  key_ring = "projects/${var.google.project}/locations/${var.google.region}/keyRings/${var.prefix}-${var.google.region}"
  keys     = { for domain in ["analytics", "messaging", "storage"] : domain => "${local.key_ring}/cryptoKeys/${domain}" }
}

# Where there is a network, the services send through it. archive and compact call Google only, so all that it sends stays inside. bridge, ingest and
# ledger call the other cloud: through NAT and its named exceptions where there is one; else past the network, Google's APIs still inside.
locals {
  all_traffic = { archive = true, bridge = local.features.nat, compact = true, ingest = local.features.nat, ledger = local.features.nat }

  networks = {
    for role, all in local.all_traffic : role => {
      all_traffic = all
      network     = "projects/${var.google.project}/global/networks/${var.prefix}"
      subnet      = "projects/${var.google.project}/regions/${var.google.region}/subnetworks/${var.prefix}-${var.google.region}"
    } if local.features.network
  }
}
