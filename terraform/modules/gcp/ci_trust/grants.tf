# The states. Both read them; the plan identity also takes and gives back locks, and can write nothing else.
resource "google_storage_bucket_iam_member" "state" {
  for_each = {
    apply = "roles/storage.objectUser"
    plan  = "roles/storage.objectViewer"
  }

  bucket = var.state_bucket
  role   = each.value
  member = "serviceAccount:${google_service_account.ci[each.key].email}"
}

resource "google_storage_bucket_iam_member" "lock" {
  bucket = var.state_bucket
  role   = "roles/storage.objectUser"
  member = "serviceAccount:${google_service_account.ci["plan"].email}"

  condition {
    title       = "locks only"
    description = "Terraform's lock objects, never a state."
    expression  = "resource.name.startsWith('projects/_/buckets/${var.state_bucket}/objects/') && resource.name.endsWith('.tflock')"
  }
}

# All that it may do: put an image beside the others. It sees no state, and tags that are there can't be moved.
resource "google_artifact_registry_repository_iam_member" "push" {
  project    = var.project
  location   = var.images.location
  repository = var.images.repository
  role       = "roles/artifactregistry.writer"
  member     = "serviceAccount:${google_service_account.ci["push"].email}"
}

resource "google_project_iam_member" "plan" {
  for_each = local.plan_roles

  project = var.project
  role    = each.value
  member  = "serviceAccount:${google_service_account.ci["plan"].email}"
}

resource "google_project_iam_member" "apply" {
  #checkov:skip=CKV_GCP_41:Cloud Run and the transfers are made to run as accounts that the same apply makes; nobody else has the role.
  #checkov:skip=CKV_GCP_49:It makes the accounts that the services run as, and says who may use each of them.
  for_each = local.apply_roles

  project = var.project
  role    = each.value
  member  = "serviceAccount:${google_service_account.ci["apply"].email}"
}

resource "google_project_iam_custom_role" "ci" {
  for_each = local.permissions

  project     = var.project
  role_id     = "${replace(var.prefix, "-", "_")}_${each.key}"
  title       = "${var.prefix}: ${each.key}"
  description = "What no predefined role gives without giving too much."
  permissions = each.value
}

resource "google_project_iam_member" "custom" {
  for_each = local.permissions

  project = var.project
  role    = google_project_iam_custom_role.ci[each.key].name
  member  = "serviceAccount:${google_service_account.ci[each.key].email}"
}

# The boundary: on the project it may give and take only these roles, so what it applies can't make anybody an administrator, itself
# neither. Google has no permissions boundary; this condition on the one who grants is what comes nearest.
resource "google_project_iam_member" "grants" {
  #checkov:skip=CKV_GCP_42:The condition below leaves it only the roles that the stacks grant; none of them can change who may do what.
  project = var.project
  role    = "roles/resourcemanager.projectIamAdmin"
  member  = "serviceAccount:${google_service_account.ci["apply"].email}"

  condition {
    title       = "only what the stacks grant"
    description = "Roles that it may give and take on the project."
    expression  = "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly([${join(", ", [for role in sort(local.granted_roles) : "'${role}'"])}])"
  }
}

resource "google_billing_account_iam_member" "ci" {
  for_each = var.billing_account == null ? {} : {
    apply = "roles/billing.costsManager" # makes budgets
    plan  = "roles/billing.viewer"
  }

  billing_account_id = var.billing_account
  role               = each.value
  member             = "serviceAccount:${google_service_account.ci[each.key].email}"
}
