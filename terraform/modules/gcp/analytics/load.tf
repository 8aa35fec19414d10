# Loads what has come since yesterday, once an hour, each event once: a producer that sent an event again, or a run that ran again, adds
# nothing. It runs as an account of its own, not as whoever applied this.
locals {
  # In the order of the table's columns: INSERT ROW goes by it.
  selected = { for type, table in local.tables : type => join(", ", [for column in concat(local.place, table.columns) : "`${column.name}`"]) }
}

resource "google_service_account" "load" {
  count = var.enable_analytics ? 1 : 0

  project      = var.project
  account_id   = "${var.prefix}-load"
  display_name = "${var.prefix}: load"
  description  = "What loads the archive into BigQuery."
}

resource "google_project_iam_member" "load" {
  count = var.enable_analytics ? 1 : 0

  project = var.project
  role    = "roles/bigquery.jobUser"
  member  = "serviceAccount:${google_service_account.load[0].email}"
}

resource "google_bigquery_dataset_iam_member" "load" {
  count = var.enable_analytics ? 1 : 0

  project    = var.project
  dataset_id = google_bigquery_dataset.events[0].dataset_id
  role       = "roles/bigquery.dataEditor"
  member     = "serviceAccount:${google_service_account.load[0].email}"
}

resource "google_storage_bucket_iam_member" "load" {
  count = var.enable_analytics ? 1 : 0

  bucket = var.bucket
  role   = "roles/storage.objectViewer"
  member = "serviceAccount:${google_service_account.load[0].email}"
}

resource "google_bigquery_data_transfer_config" "load" {
  for_each = local.tables

  project              = var.project
  display_name         = "${var.prefix}: load ${each.key}"
  location             = var.region
  data_source_id       = "scheduled_query"
  schedule             = "every 1 hours"
  service_account_name = google_service_account.load[0].email

  params = {
    query = join("\n", [
      "MERGE `${local.database}.${google_bigquery_table.loaded[each.key].table_id}` AS stored",
      "USING (",
      "  SELECT ${local.selected[each.key]}",
      "  FROM `${local.database}.${google_bigquery_table.archive[each.key].table_id}`",
      "  WHERE date >= DATE_SUB(CURRENT_DATE(), INTERVAL 1 DAY)",
      "  QUALIFY ROW_NUMBER() OVER (PARTITION BY source, id ORDER BY date, hour) = 1",
      ") AS seen",
      "ON stored.date >= DATE_SUB(CURRENT_DATE(), INTERVAL 1 DAY) AND stored.source = seen.source AND stored.id = seen.id",
      "WHEN NOT MATCHED THEN INSERT ROW",
    ])
  }

  encryption_configuration {
    kms_key_name = var.key
  }

  depends_on = [
    google_bigquery_dataset_iam_member.load,
    google_project_iam_member.load,
    google_storage_bucket_iam_member.load,
  ]
}
