mock_provider "google" {}

variables {
  certificate_map = "projects/isthmus-test/locations/global/certificateMaps/isthmus-test"
  domain          = "events.example.com"
  service         = "isthmus-test-ingest"
  prefix          = "isthmus-test"
  project         = "isthmus-test"
  region          = "us-central1"
}

run "only_tls_and_only_new_enough" {
  command = plan

  assert {
    condition     = google_compute_global_forwarding_rule.ingest.port_range == "443" && google_compute_ssl_policy.ingest.min_tls_version == "TLS_1_2"
    error_message = "HTTPS alone, TLS 1.2 and later."
  }

  assert {
    condition     = google_compute_target_https_proxy.ingest.certificate_map == "//certificatemanager.googleapis.com/projects/isthmus-test/locations/global/certificateMaps/isthmus-test"
    error_message = "The map, as the proxy names it."
  }
}

run "armor_throttles_and_denies_the_rest" {
  command = plan

  variables {
    rate_per_minute = 300
  }

  assert {
    condition     = toset([for rule in google_compute_security_policy.ingest.rule : "${rule.priority} ${rule.action}"]) == toset(["1000 deny(404)", "2000 throttle", "2147483647 deny(403)"])
    error_message = "Unknown paths, throttle, nothing else."
  }

  assert {
    condition     = anytrue([for rule in google_compute_security_policy.ingest.rule : try(rule.rate_limit_options[0].rate_limit_threshold[0].count == 300, false)])
    error_message = "As many as asked for."
  }
}
