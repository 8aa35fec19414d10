locals {
  database = replace("${var.prefix}_events", "-", "_")

  # A JSON Schema's types as BigQuery knows them. A list of types is one that may be null; what is neither is text.
  types = { boolean = "BOOLEAN", integer = "INTEGER", number = "FLOAT", string = "STRING" }

  # The attributes that every event has, or may have.
  envelope = [
    for name in ["data_base64", "datacontenttype", "dataschema", "id", "source", "specversion", "subject", "time", "traceparent", "type"] :
    { name = name, type = name == "time" ? "TIMESTAMP" : "STRING", mode = "NULLABLE" }
  ]

  tables = !var.enable_analytics ? {} : {
    for type, schema in var.schemas : type => {
      name        = replace(type, "/[^a-z0-9]/", "_")
      description = coalesce(schema.description, type)

      columns = concat(local.envelope, [{
        name = "data"
        type = "RECORD"
        mode = "NULLABLE"
        fields = [
          for field, property in schema.properties : {
            name = field
            type = lookup(local.types, one(setsubtract(property.type, ["null"])), "STRING")
            mode = "NULLABLE"
          }
        ]
      }])
    }
  }

  # Where in the archive the object was; part of its name, not of the event.
  place = [
    { name = "date", type = "DATE", mode = "NULLABLE", description = "Day on which the frame was accepted, UTC." },
    { name = "hour", type = "STRING", mode = "NULLABLE", description = "Hour of that day." },
  ]
}

resource "google_bigquery_dataset" "events" {
  count = var.enable_analytics ? 1 : 0

  project                    = var.project
  dataset_id                 = local.database
  friendly_name              = "Events of ${var.prefix}"
  description                = "Events of ${var.prefix}, a table for each type of the catalogue."
  location                   = var.region
  delete_contents_on_destroy = !var.deletion_protection
  max_time_travel_hours      = "48" # the archive brings back what a longer one would

  default_encryption_configuration {
    kms_key_name = var.key
  }
}

# What queries may read in a day, all of them together: above it BigQuery refuses the next one until midnight in California. A limit a query,
# as Athena has, is a setting of each job there and of no resource. The preference can't be deleted, and its name can't be used again: after
# a destroy, import it.
resource "google_cloud_quotas_quota_preference" "scanned" {
  count = var.enable_analytics ? 1 : 0

  parent        = "projects/${var.project}"
  name          = "${var.prefix}-query-usage-per-day"
  service       = "bigquery.googleapis.com"
  quota_id      = "QueryUsagePerDay"
  justification = "What ${var.prefix} may read in a day."

  # From 200 TiB, where a project begins, it is a long way down.
  ignore_safety_checks = "QUOTA_DECREASE_PERCENTAGE_TOO_HIGH"

  quota_config {
    preferred_value = tostring(floor(var.query_daily_gb * 1000 * 1000 * 1000 / 1048576)) # in MiB
  }
}

# The objects as they are: nothing is loaded, nothing is stored twice, and every query reads them. Without a date it is refused.
resource "google_bigquery_table" "archive" {
  #checkov:skip=CKV_GCP_80:It holds no data; the objects are encrypted in the bucket.
  #checkov:skip=CKV_GCP_121:It holds no data, and is made anew in a second.
  for_each = local.tables

  project             = var.project
  dataset_id          = google_bigquery_dataset.events[0].dataset_id
  table_id            = each.value.name
  description         = "${each.value.description} (the objects of the archive)"
  deletion_protection = false

  external_data_configuration {
    autodetect            = false
    compression           = "GZIP"
    ignore_unknown_values = true
    max_bad_records       = 0
    schema                = jsonencode(each.value.columns)
    source_format         = "NEWLINE_DELIMITED_JSON"
    source_uris           = ["gs://${var.bucket}/events/type=${each.key}/*"]

    hive_partitioning_options {
      mode                     = "CUSTOM"
      require_partition_filter = true
      source_uri_prefix        = "gs://${var.bucket}/events/type=${each.key}/{date:DATE}/{hour:STRING}"
    }
  }
}

# The same in BigQuery's own columns, for what is queried often: partitioned by day, clustered by what an event is known by.
resource "google_bigquery_table" "loaded" {
  for_each = local.tables

  project                  = var.project
  dataset_id               = google_bigquery_dataset.events[0].dataset_id
  table_id                 = "${each.value.name}_loaded"
  description              = "${each.value.description} (loaded, each event once)"
  clustering               = ["source", "id"]
  deletion_protection      = var.deletion_protection
  require_partition_filter = true
  schema                   = jsonencode(concat(local.place, each.value.columns))

  encryption_configuration {
    kms_key_name = var.key
  }

  time_partitioning {
    expiration_ms = var.partition_days * 24 * 60 * 60 * 1000
    field         = "date"
    type          = "DAY"
  }
}
