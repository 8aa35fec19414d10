mock_provider "google" {}

variables {
  endpoints      = { archive = "https://archive.example", bridge = "https://bridge.example" }
  key            = "projects/isthmus-test/locations/us-central1/keyRings/r/cryptoKeys/messaging"
  prefix         = "isthmus-test"
  project        = "isthmus-test"
  project_number = "123456789012"
  region         = "us-central1"

  consumers = {
    archive = { max_attempts = 20, timeout_seconds = 30 }
    bridge  = { max_attempts = 100, origin = "gcp", timeout_seconds = 60 }
  }
}

run "a_push_has_longer_than_the_service" {
  command = plan

  assert {
    condition     = google_pubsub_subscription.consumer["bridge"].ack_deadline_seconds == 90
    error_message = "bridge: its 60 seconds and 30 more."
  }

  assert {
    condition     = google_pubsub_subscription.consumer["bridge"].push_config[0].push_endpoint == "https://bridge.example/push"
    error_message = "bridge: pushed to /push of its service."
  }
}

run "only_a_consumer_with_an_origin_filters" {
  command = plan

  assert {
    condition     = google_pubsub_subscription.consumer["archive"].filter == null
    error_message = "archive takes every frame."
  }

  assert {
    condition     = google_pubsub_subscription.consumer["bridge"].filter == "attributes.origin = \"gcp\""
    error_message = "bridge takes only what Google Cloud held first."
  }
}

run "fewer_attempts_than_pubsub_takes_are_refused" {
  command = plan

  variables {
    consumers = { archive = { max_attempts = 4, timeout_seconds = 30 } }
  }

  expect_failures = [var.consumers]
}
