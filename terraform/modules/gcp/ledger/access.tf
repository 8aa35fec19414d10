# Who lists this archive: the service here, and the ledger on AWS, whose role comes through the pool and has this grant itself. The role also
# has storage.objects.get, but a request for an object has no prefix of a list, so the condition lets lists through and nothing else.
resource "google_storage_bucket_iam_member" "list" {
  for_each = {
    aws = "principalSet://iam.googleapis.com/${var.pool}/attribute.aws_role/${var.other_ledger}"
    gcp = "serviceAccount:${module.function.identity}"
  }

  bucket = var.bucket
  role   = "roles/storage.objectViewer"
  member = each.value

  condition {
    title      = "lists"
    expression = join(" || ", [for prefix in ["events/", "quarantine/"] : "api.getAttribute(\"storage.googleapis.com/objectListPrefix\", \"\").startsWith(\"${prefix}\")"])
  }
}
