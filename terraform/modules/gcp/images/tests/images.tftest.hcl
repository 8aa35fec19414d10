mock_provider "google" {}

variables {
  prefix  = "isthmus-test"
  project = "isthmus-test"
  region  = "us-central1"
}

run "a_tag_names_one_image_for_ever" {
  command = plan

  assert {
    condition     = google_artifact_registry_repository.this.docker_config[0].immutable_tags
    error_message = "Tags can be moved."
  }

  assert {
    condition     = google_artifact_registry_repository.this.format == "DOCKER" && output.repository.address == "us-central1-docker.pkg.dev/isthmus-test/isthmus-test"
    error_message = "A Docker repository beside the services, named by the prefix."
  }
}

run "old_images_go_and_the_newest_stay" {
  command = plan

  assert {
    condition     = { for policy in google_artifact_registry_repository.this.cleanup_policies : policy.action => try(policy.condition[0].older_than, policy.most_recent_versions[0].keep_count) } == { DELETE = "15552000s", KEEP = 20 }
    error_message = "Half a year, and the last twenty."
  }

  assert {
    condition     = !google_artifact_registry_repository.this.cleanup_policy_dry_run
    error_message = "It would only be said what would go."
  }
}

run "nobody_else_reads_unless_named" {
  command = plan

  assert {
    condition     = length(google_artifact_registry_repository_iam_member.reader) == 0
    error_message = "Nobody was named."
  }
}

run "cloud_run_of_another_project_reads_and_no_more" {
  command = plan

  variables {
    readers = ["210987654321"]
  }

  assert {
    condition     = [for grant in google_artifact_registry_repository_iam_member.reader : "${grant.role} ${grant.member}"] == ["roles/artifactregistry.reader serviceAccount:service-210987654321@serverless-robot-prod.iam.gserviceaccount.com"]
    error_message = "Its agent, reading."
  }
}

run "an_id_is_no_number" {
  command = plan

  variables {
    readers = ["isthmus-prod"]
  }

  expect_failures = [var.readers]
}
