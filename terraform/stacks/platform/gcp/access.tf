# What each service may call: the calls that its handler makes, and nothing else. To reach the other cloud a service asks the metadata
# server for an identity token, which needs no grant.

resource "google_pubsub_topic_iam_member" "ingest" {
  for_each = {
    publish = "roles/pubsub.publisher"
    ready   = "roles/pubsub.viewer" # what /readyz asks
  }

  project = var.google.project
  topic   = module.messaging.topic
  role    = each.value
  member  = "serviceAccount:${module.function["ingest"].identity}"
}

resource "google_pubsub_topic_iam_member" "dead_letter" {
  for_each = toset(concat(["archive", "bridge"], keys(local.handlers)))

  project = var.google.project
  topic   = module.messaging.dead_letters[each.key].topic
  role    = "roles/pubsub.publisher"
  member  = "serviceAccount:${module.function[each.key].identity}"
}

# Create and read, no delete: a frame that is there can't be overwritten, by mistake or otherwise. Reading is how archive tells "it is
# there already" from "it may not".
resource "google_storage_bucket_iam_member" "archive" {
  for_each = {
    create = "roles/storage.objectCreator"
    read   = "roles/storage.legacyObjectReader" # get, and no list
  }

  bucket = module.archive.bucket
  role   = each.value
  member = "serviceAccount:${module.function["archive"].identity}"
}

# The role has telemetry.traces.write, which OTLP asks for.
resource "google_project_iam_member" "tracing" {
  for_each = toset(local.features.tracing ? concat(["archive", "bridge", "ingest"], keys(local.handlers)) : [])

  project = var.google.project
  role    = "roles/cloudtrace.agent"
  member  = "serviceAccount:${module.function[each.key].identity}"
}
