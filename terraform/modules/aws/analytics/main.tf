data "aws_caller_identity" "current" {}

locals {
  database = replace("${var.prefix}_events", "-", "_")

  # A JSON Schema's types as Glue knows them. A list of types is one that may be null; what is neither is text.
  types = { boolean = "boolean", integer = "bigint", number = "double", string = "string" }

  tables = !var.enable_analytics ? {} : {
    for type, schema in var.schemas : type => {
      name        = replace(type, "/[^a-z0-9]/", "_")
      description = lookup(schema, "description", type)
      fields = {
        for field, property in schema.properties : field => lookup(local.types, [
          for kind in flatten([property.type]) : kind if kind != "null"
        ][0], "string")
      }
    }
  }
}

resource "aws_glue_catalog_database" "events" {
  count = var.enable_analytics ? 1 : 0

  name         = local.database
  description  = "Events of ${var.prefix}, a table for each type of the catalogue."
  location_uri = "s3://${var.bucket}/events/"
}

# A table reads the objects as they are: one gzip file of JSON lines a frame. Partitions are projected from their names, so that
# nothing has to crawl; the dates make a query without a partition filter read the range only.
resource "aws_glue_catalog_table" "type" {
  for_each = local.tables

  database_name = aws_glue_catalog_database.events[0].name
  name          = each.value.name
  description   = each.value.description
  table_type    = "EXTERNAL_TABLE"

  parameters = {
    "EXTERNAL"                  = "TRUE"
    "classification"            = "json"
    "compressionType"           = "gzip"
    "projection.date.format"    = "yyyy-MM-dd"
    "projection.date.interval"  = "1"
    "projection.date.range"     = "${var.first_date},NOW"
    "projection.date.type"      = "date"
    "projection.enabled"        = "true"
    "projection.hour.digits"    = "2"
    "projection.hour.range"     = "0,23"
    "projection.hour.type"      = "integer"
    "storage.location.template" = "s3://${var.bucket}/events/type=${each.key}/date=$${date}/hour=$${hour}/"
  }

  partition_keys {
    name    = "date"
    comment = "Day on which the frame was accepted, UTC."
    type    = "string"
  }

  partition_keys {
    name    = "hour"
    comment = "Hour of that day."
    type    = "int"
  }

  storage_descriptor {
    location      = "s3://${var.bucket}/events/type=${each.key}/"
    input_format  = "org.apache.hadoop.mapred.TextInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"

    ser_de_info {
      serialization_library = "org.openx.data.jsonserde.JsonSerDe"
      parameters            = { "ignore.malformed.json" = "false" }
    }

    dynamic "columns" {
      for_each = merge(
        { for attribute in ["id", "source", "specversion", "subject", "time", "type"] : attribute => "string" },
        { data = "struct<${join(",", [for field in sort(keys(each.value.fields)) : "${field}:${each.value.fields[field]}"])}>" },
      )

      content {
        name = columns.key
        type = columns.value
      }
    }
  }
}

# Who queries, and how much a query may read: the cutoff ends one that forgot its partition.
resource "aws_athena_workgroup" "events" {
  count = var.enable_analytics ? 1 : 0

  name          = "${var.prefix}-events"
  description   = "Queries of ${var.prefix}; each reads ${var.query_cutoff_gb} GB at most."
  force_destroy = !var.deletion_protection

  configuration {
    bytes_scanned_cutoff_per_query     = var.query_cutoff_gb * 1000 * 1000 * 1000
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true

    result_configuration {
      output_location       = "s3://${module.bucket[0].bucket}/"
      expected_bucket_owner = data.aws_caller_identity.current.account_id

      encryption_configuration {
        encryption_option = "SSE_KMS"
        kms_key_arn       = var.key
      }
    }
  }
}
