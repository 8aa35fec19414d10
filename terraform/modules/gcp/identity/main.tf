# The way in for the other cloud's functions: no key, a signed AWS GetCallerIdentity request for a short-lived token of one service
# account. A deleted pool keeps its name for 30 days; undelete and import it, rather than choose another.
resource "google_iam_workload_identity_pool" "aws" {
  project                   = var.project
  workload_identity_pool_id = "${var.prefix}-aws"
  display_name              = "${var.prefix}: AWS"
  description               = "Functions on AWS that publish here."
}

resource "google_iam_workload_identity_pool_provider" "lambda" {
  #checkov:skip=CKV_GCP_125:It trusts AWS, not GitHub.
  project                            = var.project
  workload_identity_pool_id          = google_iam_workload_identity_pool.aws.workload_identity_pool_id
  workload_identity_pool_provider_id = "lambda"
  display_name                       = "Lambda"

  aws {
    account_id = var.aws_account_id
  }

  # assertion.arn is arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION.
  attribute_mapping = {
    "attribute.aws_role" = "assertion.arn.extract('assumed-role/{role}/')"
    "google.subject"     = "assertion.arn"
  }

  # Everything else in the account is turned away here, before any grant is looked at.
  attribute_condition = "assertion.account == '${var.aws_account_id}' && attribute.aws_role in [${join(", ", [for role in sort(concat(values(var.aws_roles), tolist(var.other_roles))) : "'${role}'"])}]"
}

resource "google_service_account" "aws" {
  project      = var.project
  account_id   = "${var.prefix}-aws"
  display_name = "${var.prefix}: AWS"
  description  = "What the functions on AWS become to publish here."
}

resource "google_service_account_iam_member" "aws" {
  for_each = var.aws_roles

  service_account_id = google_service_account.aws.name
  role               = "roles/iam.workloadIdentityUser"
  member             = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.aws.name}/attribute.aws_role/${each.value}"
}

resource "google_pubsub_topic_iam_member" "aws" {
  for_each = {
    publish = "roles/pubsub.publisher"
    ready   = "roles/pubsub.viewer" # what /readyz asks
  }

  project = var.project
  topic   = var.topic
  role    = each.value
  member  = "serviceAccount:${google_service_account.aws.email}"
}
