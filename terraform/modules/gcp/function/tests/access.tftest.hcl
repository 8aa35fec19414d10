mock_provider "google" {}

variables {
  description = "A test."
  image       = "us-central1-docker.pkg.dev/isthmus-test/isthmus/functions:test"
  prefix      = "isthmus-test"
  project     = "isthmus-test"
  region      = "us-central1"
  role        = "ingest"
  settings    = { timeout_seconds = 25 }
}

run "nobody_reaches_it_unasked" {
  command = plan

  assert {
    condition     = google_cloud_run_v2_service.this.ingress == "INGRESS_TRAFFIC_INTERNAL_ONLY" && !google_cloud_run_v2_service.this.invoker_iam_disabled
    error_message = "The default is internal, with IAM."
  }
}

run "iam_is_off_only_behind_the_load_balancer" {
  command = plan

  variables {
    access = "load_balancer"
  }

  assert {
    condition     = google_cloud_run_v2_service.this.ingress == "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" && google_cloud_run_v2_service.this.invoker_iam_disabled
    error_message = "Without IAM the internet must not connect directly."
  }
}

run "everybody_is_no_invoker" {
  command = plan

  variables {
    invokers = { all = "allUsers" }
  }

  expect_failures = [var.invokers]
}

run "what_it_sends_stays_inside" {
  command = plan

  variables {
    network = { all_traffic = true, network = "projects/isthmus-test/global/networks/n", subnet = "projects/isthmus-test/regions/us-central1/subnetworks/s" }
  }

  assert {
    condition     = google_cloud_run_v2_service.this.template[0].vpc_access[0].egress == "ALL_TRAFFIC"
    error_message = "Everything goes through the subnet."
  }
}
