locals {
  # What a GitHub token may become, worked out from its claims and not from `sub`: so it makes no difference whether the subject names
  # the repository only (repo:o/r:…) or its ids too (repo:o@1/r@2:…, repositories made since 2026-07-15), or was customised.
  # A pull request can plan, whatever environment its job names. pull_request_target runs with the base's rights on the fork's words:
  # nothing. A job with an environment is the apply identity of that environment, from the branch only; without, it plans.
  access = join(" ", [
    "assertion.event_name == 'pull_request' ? 'plan' :",
    "assertion.event_name == 'pull_request_target' || assertion.ref != 'refs/heads/${var.branch}' ? 'none' :",
    "has(assertion.environment) ? 'apply-' + assertion.environment : 'plan'",
  ])

  # Names of people and repositories change hands; their ids never do. A token of a fork has the fork's ids.
  condition = join(" && ", [
    "assertion.repository_id == '${var.github.repository_id}'",
    "assertion.repository_owner_id == '${var.github.owner_id}'",
    "attribute.access in ['${join("', '", [for name in ["plan", "apply", "push"] : local.identities[name].access])}']",
  ])

  identities = {
    apply = { access = "apply-${var.environment}", description = "What a job of GitHub's environment ${var.environment} becomes." }
    plan  = { access = "plan", description = "What pull requests and the branch become: reads, and changes nothing." }
    push  = { access = "apply-${var.push_environment}", description = "What a job of GitHub's environment ${var.push_environment} becomes: pushes images." }
  }
}

# A deleted pool keeps its name for 30 days; undelete and import it, rather than choose another.
resource "google_iam_workload_identity_pool" "github" {
  project                   = var.project
  workload_identity_pool_id = "${var.prefix}-github"
  display_name              = "${var.prefix}: GitHub"
  description               = "Workflows of ${var.github.owner}/${var.github.repository}."
}

# No allowed_audiences: then the only audience is this provider's own name, and a token made for anybody else is refused.
resource "google_iam_workload_identity_pool_provider" "github" {
  #checkov:skip=CKV_GCP_125:It is bound to the repository's and the owner's ids, which the check does not know; names can change hands.
  project                            = var.project
  workload_identity_pool_id          = google_iam_workload_identity_pool.github.workload_identity_pool_id
  workload_identity_pool_provider_id = "github"
  display_name                       = "GitHub Actions"
  attribute_condition                = local.condition

  # The subject is for the audit log. Not assertion.sub: Google takes 127 bytes, and with ids and an environment that is soon too few.
  attribute_mapping = {
    "attribute.access"        = local.access
    "attribute.repository_id" = "assertion.repository_id"
    "google.subject"          = "'repository:' + assertion.repository_id + ':run:' + assertion.run_id"
  }

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

resource "google_service_account" "ci" {
  for_each = local.identities

  project      = var.project
  account_id   = "${var.prefix}-${each.key}"
  display_name = "${var.prefix}: ${each.key}"
  description  = each.value.description
}

resource "google_service_account_iam_member" "github" {
  for_each = local.identities

  service_account_id = google_service_account.ci[each.key].name
  role               = "roles/iam.workloadIdentityUser"
  member             = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.github.name}/attribute.access/${each.value.access}"
}
