# What is turned away before the service is started for it, and so costs nothing but the request.
resource "google_compute_security_policy" "ingest" {
  #checkov:skip=CKV_GCP_73:The preset rules read the first kilobytes of the body, which is the senders' own data: an event may say anything, and the service is no Java.
  project     = var.project
  name        = local.name
  description = "Only ingest's paths, and so many requests a minute from one address."
  type        = "CLOUD_ARMOR"

  rule {
    action      = "deny(404)"
    description = "Only the paths that exist."
    priority    = 1000

    match {
      expr {
        expression = "!request.path.matches('^/(v1/events|healthz|readyz)$')"
      }
    }
  }

  rule {
    action      = "throttle"
    description = "So many requests a minute from one address; then 429, as ingest itself would say."
    priority    = 2000

    match {
      versioned_expr = "SRC_IPS_V1"

      config {
        src_ip_ranges = ["*"]
      }
    }

    rate_limit_options {
      conform_action = "allow"
      enforce_on_key = "IP"
      exceed_action  = "deny(429)"

      rate_limit_threshold {
        count        = var.rate_per_minute
        interval_sec = 60
      }
    }
  }

  # Every policy must have it. The rule above decides on everything that comes as far.
  rule {
    action      = "deny(403)"
    description = "Nothing else."
    priority    = 2147483647

    match {
      versioned_expr = "SRC_IPS_V1"

      config {
        src_ip_ranges = ["*"]
      }
    }
  }
}
