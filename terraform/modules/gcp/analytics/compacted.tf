# The same events as Parquet, one row each, as `isthmus compact` writes them: a column for each property, so that a query reads what it
# names. What has not been compacted yet is in the table of the objects alone.
locals {
  # In Parquet a time is one, where JSON has text; several types, or an object, are JSON's text.
  formats = { date = "DATE", date-time = "TIMESTAMP" }

  # What every event has. A name that the data has, too, gets event_ in front.
  always = {
    accepted_at     = "TIMESTAMP"
    attributes      = "STRING"
    data            = "STRING"
    data_base64     = "STRING"
    datacontenttype = "STRING"
    frame           = "STRING"
    frames          = "STRING"
    id              = "STRING"
    source          = "STRING"
    subject         = "STRING"
    time            = "TIMESTAMP"
  }

  taken = { for type, schema in var.schemas : type => [for field in keys(schema.properties) : lower(field)] }

  compacted = !var.enable_analytics ? {} : {
    for type, schema in var.schemas : type => merge(
      {
        for name, kind in local.always :
        (!contains(local.taken[type], name) ? name : !contains(local.taken[type], "event_${name}") ? "event_${name}" : "event_event_${name}") =>
        { type = kind, mode = name == "frames" ? "REPEATED" : "NULLABLE" }
      },
      {
        for field, property in schema.properties : lower(field) == "date" ? "data_${field}" : field => {
          mode = "NULLABLE"

          type = (setsubtract(property.type, ["null"]) != toset(["string"])
            ? lookup(local.types, join("", setsubtract(property.type, ["null"])), "STRING")
            : lookup(local.formats, coalesce(property.format, "none"), "STRING")
          )
        }
      },
    )
  }
}

resource "google_bigquery_table" "compacted" {
  #checkov:skip=CKV_GCP_80:It holds no data; the objects are encrypted in the bucket.
  #checkov:skip=CKV_GCP_121:It holds no data, and is made anew in a second.
  for_each = local.compacted

  project             = var.project
  dataset_id          = google_bigquery_dataset.events[0].dataset_id
  table_id            = "${local.tables[each.key].name}_compacted"
  description         = "${local.tables[each.key].description} (Parquet, each event once)"
  deletion_protection = false

  external_data_configuration {
    autodetect    = false
    schema        = jsonencode([for name, column in each.value : { name = name, type = column.type, mode = column.mode }])
    source_format = "PARQUET"
    source_uris   = ["gs://${var.bucket}/compacted/type=${each.key}/*"]

    hive_partitioning_options {
      mode                     = "CUSTOM"
      require_partition_filter = true
      source_uri_prefix        = "gs://${var.bucket}/compacted/type=${each.key}/{date:DATE}"
    }

    # A list is one, not a record with a list in it.
    parquet_options {
      enable_list_inference = true
    }
  }
}
