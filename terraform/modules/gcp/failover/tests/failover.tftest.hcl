mock_provider "google" {}

variables {
  addresses = { aws = ["198.51.100.10"], gcp = ["203.0.113.10"] }
  domain    = "events.example.com"
  prefix    = "isthmus-test"
  project   = "isthmus-test"
  region    = "us-central1"
  zone      = "isthmus-test-events-example-com"
}

run "both_clouds_answer_by_weight_while_they_are_healthy" {
  command = plan

  variables {
    weights = { aws = 30, gcp = 70 }
  }

  assert {
    condition     = toset([for share in google_dns_record_set.ingest.routing_policy[0].wrr : "${share.weight} ${one(share.health_checked_targets[0].external_endpoints)}"]) == toset(["30 198.51.100.10", "70 203.0.113.10"])
    error_message = "Each with its weight and its probed address."
  }

  assert {
    condition     = length(google_compute_health_check.ingest.source_regions) == 3 && google_compute_health_check.ingest.check_interval_sec >= 30
    error_message = "Exactly three regions, 30 seconds or more."
  }
}

run "a_weight_of_0_is_a_standby" {
  command = plan

  variables {
    weights = { aws = 0, gcp = 100 }
  }

  assert {
    condition     = length(google_dns_record_set.ingest.routing_policy[0].wrr) == 0 && google_dns_record_set.ingest.routing_policy[0].primary_backup[0].primary[0].external_endpoints == tolist(["203.0.113.10"])
    error_message = "Google first."
  }

  assert {
    condition     = google_dns_record_set.ingest.routing_policy[0].primary_backup[0].backup_geo[0].health_checked_targets[0].external_endpoints == tolist(["198.51.100.10"])
    error_message = "AWS while it is out."
  }
}

run "probes_are_never_closer_than_30_seconds" {
  command = plan

  variables {
    health = { interval_seconds = 10 }
  }

  expect_failures = [var.health]
}

run "a_cloud_without_an_address_is_refused" {
  command = plan

  variables {
    addresses = { aws = [], gcp = ["203.0.113.10"] }
  }

  expect_failures = [var.addresses]
}

run "two_authorities_alone_may_certify_the_name" {
  command = plan

  assert {
    condition     = google_dns_record_set.issuers.rrdatas == tolist(["0 issue \"amazon.com\"", "0 issue \"pki.goog\""])
    error_message = "Another authority may make a certificate, or one of the two clouds' may not."
  }
}
