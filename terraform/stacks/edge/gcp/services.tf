# The APIs that this layer calls. Left on when the stack goes: others in the project may use them.
resource "google_project_service" "required" {
  for_each = setunion(
    local.features.edge ? ["certificatemanager.googleapis.com", "compute.googleapis.com", "dns.googleapis.com"] : [],
    local.features.edge && local.features.synthetics ? ["monitoring.googleapis.com"] : [],
  )

  project            = var.google.project
  service            = each.value
  disable_on_destroy = false
}
