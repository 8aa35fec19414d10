mock_provider "google" {}

variables {
  domain  = "events.example.com"
  prefix  = "isthmus-test"
  project = "isthmus-test"
}

run "it_is_shown_by_a_record_and_served_by_name" {
  command = plan

  assert {
    condition     = google_certificate_manager_certificate.this.managed[0].domains == tolist(["events.example.com"])
    error_message = "For the one name."
  }

  assert {
    condition     = google_certificate_manager_certificate_map_entry.this.hostname == "events.example.com" && google_certificate_manager_certificate_map_entry.this.matcher == null
    error_message = "By name, and for no other."
  }
}

run "a_wildcard_is_refused" {
  command = plan

  variables {
    domain = "*.example.com"
  }

  expect_failures = [var.domain]
}
