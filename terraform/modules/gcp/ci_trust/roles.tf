locals {
  # What the stacks grant on the project.
  granted_roles = ["roles/bigquery.jobUser", "roles/cloudtrace.agent"]

  # To read what the stacks manage. No data: no objects, no messages, no rows, no log entries.
  plan_roles = toset([
    "roles/bigquery.metadataViewer",
    "roles/browser",
    "roles/certificatemanager.viewer",
    "roles/cloudquotas.viewer",
    "roles/cloudscheduler.viewer",
    "roles/cloudkms.viewer",
    "roles/compute.viewer",
    "roles/dns.reader",
    "roles/iam.roleViewer",
    "roles/iam.securityReviewer",
    "roles/iam.serviceAccountViewer",
    "roles/iam.workloadIdentityPoolViewer",
    "roles/monitoring.viewer",
    "roles/pubsub.viewer",
    "roles/run.viewer",
    "roles/serviceusage.serviceUsageViewer",
    "roles/storage.bucketViewer",
    "roles/storagetransfer.viewer",
  ])

  # To make what the stacks manage. bigquery.user makes data sets and owns those that it made, and no others.
  # workloadIdentityPoolAdmin could widen the pool in this module too: what holds it is the environment's reviewers, and the audit log.
  apply_roles = toset([
    "roles/bigquery.user",
    "roles/browser",
    "roles/certificatemanager.owner",
    "roles/cloudquotas.admin",
    "roles/cloudscheduler.admin",
    "roles/compute.loadBalancerAdmin",
    "roles/compute.networkAdmin",
    "roles/compute.securityAdmin",
    "roles/dns.admin",
    "roles/iam.serviceAccountAdmin",
    "roles/iam.serviceAccountUser",
    "roles/iam.workloadIdentityPoolAdmin",
    "roles/logging.configWriter",
    "roles/monitoring.editor",
    "roles/pubsub.admin",
    "roles/run.admin",
    "roles/servicedirectory.editor", # Private Service Connect registers its endpoint there
    "roles/serviceusage.serviceUsageAdmin",
    "roles/storagetransfer.admin",
  ])

  permissions = {
    # Keys without cloudkms.cryptoKeyVersions.destroy: CI can't begin the end of a key. Buckets without their objects.
    apply = [
      "bigquery.transfers.get",
      "bigquery.transfers.update",
      "cloudkms.cryptoKeyVersions.get",
      "cloudkms.cryptoKeyVersions.list",
      "cloudkms.cryptoKeys.create",
      "cloudkms.cryptoKeys.get",
      "cloudkms.cryptoKeys.getIamPolicy",
      "cloudkms.cryptoKeys.list",
      "cloudkms.cryptoKeys.setIamPolicy",
      "cloudkms.cryptoKeys.update",
      "cloudkms.keyRings.create",
      "cloudkms.keyRings.get",
      "cloudkms.keyRings.list",
      "secretmanager.secrets.get",
      "secretmanager.secrets.getIamPolicy",
      "secretmanager.secrets.setIamPolicy",
      "storage.buckets.create",
      "storage.buckets.delete",
      "storage.buckets.get",
      "storage.buckets.getIamPolicy",
      "storage.buckets.list",
      "storage.buckets.setIamPolicy",
      "storage.buckets.update",
      "storage.hmacKeys.create",
      "storage.hmacKeys.delete",
      "storage.hmacKeys.get",
      "storage.hmacKeys.update",
    ]
    # roles/logging.viewer would read the logs too.
    plan = [
      "bigquery.transfers.get",
      "logging.buckets.get",
      "logging.exclusions.get",
      "logging.logMetrics.get",
      "logging.settings.get",
      "logging.sinks.get",
      "storage.hmacKeys.get",
    ]
  }
}
