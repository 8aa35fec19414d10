locals {
  objects = "projects/_/buckets/${var.bucket}/objects"
  lists   = [for prefix in ["compacted/", "events/"] : "api.getAttribute(\"storage.googleapis.com/objectListPrefix\", \"\").startsWith(\"${prefix}\")"]

  # It reads frames, and replaces days: to write over an object one may delete it, so that is let in for days alone.
  grants = {
    days = {
      role       = "roles/storage.objectUser"
      expression = "resource.name.startsWith(\"${local.objects}/compacted/\")"
    }
    frames = {
      role       = "roles/storage.objectViewer"
      expression = join(" || ", concat(["resource.name.startsWith(\"${local.objects}/events/\")"], local.lists))
    }
  }
}

resource "google_storage_bucket_iam_member" "work" {
  for_each = local.grants

  bucket = var.bucket
  role   = each.value.role
  member = "serviceAccount:${module.function.identity}"

  condition {
    title      = each.key
    expression = each.value.expression
  }
}
