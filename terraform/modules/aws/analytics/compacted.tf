# The same events as Parquet, one row each, as `isthmus compact` writes them: a column for each property, so that a query reads what it
# names. What has not been compacted yet is in the table of the objects alone.
locals {
  # In Parquet a time is one, where JSON has text; several types, or an object, are JSON's text.
  formats = { date = "date", date-time = "timestamp" }

  # What every event has. A name that the data has, too, gets event_ in front.
  always = {
    accepted_at     = "timestamp"
    attributes      = "string"
    data            = "string"
    data_base64     = "string"
    datacontenttype = "string"
    frame           = "string"
    frames          = "array<string>"
    id              = "string"
    source          = "string"
    subject         = "string"
    time            = "timestamp"
  }

  taken = { for type, schema in var.schemas : type => [for field in keys(schema.properties) : lower(field)] }

  compacted = !var.enable_analytics ? {} : {
    for type, schema in var.schemas : type => merge(
      {
        for name, kind in local.always :
        (!contains(local.taken[type], name) ? name : !contains(local.taken[type], "event_${name}") ? "event_${name}" : "event_event_${name}") => kind
      },
      {
        for field, property in schema.properties : lower(field) == "date" ? "data_${field}" : field =>
        setsubtract(property.type, ["null"]) != toset(["string"])
        ? lookup(local.types, join("", setsubtract(property.type, ["null"])), "string")
        : lookup(local.formats, coalesce(property.format, "none"), "string")
      },
    )
  }
}

resource "aws_glue_catalog_table" "compacted" {
  for_each = local.compacted

  database_name = aws_glue_catalog_database.events[0].name
  name          = "${local.tables[each.key].name}_compacted"
  description   = "${local.tables[each.key].description} (Parquet, each event once)"
  table_type    = "EXTERNAL_TABLE"

  parameters = {
    "EXTERNAL"                  = "TRUE"
    "classification"            = "parquet"
    "projection.date.format"    = "yyyy-MM-dd"
    "projection.date.interval"  = "1"
    "projection.date.range"     = "${var.first_date},NOW"
    "projection.date.type"      = "date"
    "projection.enabled"        = "true"
    "storage.location.template" = "s3://${var.bucket}/compacted/type=${each.key}/date=$${date}/"
  }

  partition_keys {
    name    = "date"
    comment = "Day on which the event was first accepted, UTC."
    type    = "string"
  }

  storage_descriptor {
    location      = "s3://${var.bucket}/compacted/type=${each.key}/"
    input_format  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"

    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
    }

    dynamic "columns" {
      for_each = each.value

      content {
        name = columns.key
        type = columns.value
      }
    }
  }
}
