variables {
  bucket           = "isthmus-test-archive-000000000000-us-east-1"
  enable_analytics = true
  key              = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000"
  prefix           = "isthmus-test"

  schemas = {
    "com.example.order" = {
      description = "An order."
      properties  = { number = { type = ["integer"] }, note = { type = ["string", "null"] } }
    }
  }
}

run "a_type_is_a_table_with_its_columns" {
  command = plan

  assert {
    condition     = aws_glue_catalog_table.type["com.example.order"].name == "com_example_order"
    error_message = "the table has another name"
  }

  assert {
    condition     = [for column in aws_glue_catalog_table.type["com.example.order"].storage_descriptor[0].columns : column.type if column.name == "data"][0] == "struct<note:string,number:bigint>"
    error_message = "the columns are not those of the schema"
  }

  assert {
    condition     = aws_athena_workgroup.events[0].configuration[0].bytes_scanned_cutoff_per_query == 100000000000
    error_message = "a query may read as much as it likes"
  }
}

run "parquet_has_a_column_for_each_property" {
  command = plan

  variables {
    schemas = {
      "com.example.order" = {
        properties = {
          at     = { type = ["string"], format = "date-time" }
          date   = { type = ["string", "null"], format = "date" }
          id     = { type = ["integer"] }
          lines  = { type = ["array"] }
          mail   = { type = ["string"], format = "email" }
          mixed  = { type = ["integer", "string"] }
          paid   = { type = ["boolean"] }
          weight = { type = ["number", "null"] }
        }
      }
    }
  }

  assert {
    condition = { for column in aws_glue_catalog_table.compacted["com.example.order"].storage_descriptor[0].columns : column.name => column.type } == {
      accepted_at     = "timestamp"
      at              = "timestamp"
      attributes      = "string"
      data            = "string"
      data_base64     = "string"
      data_date       = "date"
      datacontenttype = "string"
      event_id        = "string"
      frame           = "string"
      frames          = "array<string>"
      id              = "bigint"
      lines           = "string"
      mail            = "string"
      mixed           = "string"
      paid            = "boolean"
      source          = "string"
      subject         = "string"
      time            = "timestamp"
      weight          = "double"
    }
    error_message = "the columns are not those of the Parquet"
  }
}

run "off_there_is_nothing" {
  command = plan

  variables {
    enable_analytics = false
    key              = null
  }

  assert {
    condition     = length(aws_glue_catalog_database.events) + length(aws_glue_catalog_table.type) + length(aws_glue_catalog_table.compacted) + length(aws_athena_workgroup.events) + length(module.bucket) == 0
    error_message = "something is there though analytics is off"
  }
}

run "another_date_is_refused" {
  command = plan

  variables {
    first_date = "yesterday"
  }

  expect_failures = [var.first_date]
}
