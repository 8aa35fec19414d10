# What the foundation layer made, by name: its state is not read, and nothing is asked of the cloud.
locals {
  key_ring = "projects/${var.google.project}/locations/${var.google.region}/keyRings/${var.prefix}-${var.google.region}"
  keys     = { for domain in ["messaging", "storage"] : domain => "${local.key_ring}/cryptoKeys/${domain}" }
}
