mock_provider "google" {
  mock_resource "google_service_account" {
    defaults = { email = "isthmus-test-load@isthmus-test.iam.gserviceaccount.com" }
  }
}

variables {
  bucket           = "isthmus-test-archive"
  enable_analytics = true
  key              = "projects/isthmus-test/locations/us-central1/keyRings/r/cryptoKeys/analytics"
  prefix           = "isthmus-test"
  project          = "isthmus-test"
  region           = "us-central1"

  schemas = {
    "com.example.order" = { properties = { note = { type = ["string", "null"] }, paid = { type = ["boolean"] }, total = { type = ["number"] } } }
  }
}

run "off_makes_nothing" {
  command = plan

  variables {
    enable_analytics = false
  }

  assert {
    condition     = length(google_bigquery_dataset.events) + length(google_bigquery_table.archive) + length(google_bigquery_table.loaded) + length(google_bigquery_table.compacted) + length(google_service_account.load) + length(google_bigquery_data_transfer_config.load) == 0
    error_message = "Nothing at all."
  }
}

run "no_query_without_a_date" {
  command = plan

  assert {
    condition     = google_bigquery_table.archive["com.example.order"].external_data_configuration[0].hive_partitioning_options[0].require_partition_filter && google_bigquery_table.loaded["com.example.order"].require_partition_filter
    error_message = "Both tables want a partition."
  }

  assert {
    condition     = google_bigquery_table.loaded["com.example.order"].clustering == tolist(["source", "id"]) && google_bigquery_table.loaded["com.example.order"].time_partitioning[0].field == "date"
    error_message = "By day, and by what an event is known by."
  }
}

run "columns_are_the_catalogues" {
  command = plan

  assert {
    condition = {
      for field in one([for column in jsondecode(google_bigquery_table.archive["com.example.order"].external_data_configuration[0].schema) : column.fields if column.name == "data"]) :
      field.name => field.type
    } == { note = "STRING", paid = "BOOLEAN", total = "FLOAT" }
    error_message = "One column a property, of its type."
  }

  assert {
    condition     = slice([for column in jsondecode(google_bigquery_table.loaded["com.example.order"].schema) : column.name], 0, 2) == ["date", "hour"] && strcontains(google_bigquery_data_transfer_config.load["com.example.order"].params.query, "SELECT `date`, `hour`, `data_base64`")
    error_message = "The load selects in the order of the table's columns."
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
          paid   = { type = ["boolean"] }
          weight = { type = ["number", "null"] }
        }
      }
    }
  }

  assert {
    condition = {
      for column in jsondecode(google_bigquery_table.compacted["com.example.order"].external_data_configuration[0].schema) :
      column.name => "${column.type} ${column.mode}" if !contains(["attributes", "data", "data_base64", "datacontenttype", "frame", "source", "subject"], column.name)
      } == {
      accepted_at = "TIMESTAMP NULLABLE"
      at          = "TIMESTAMP NULLABLE"
      data_date   = "DATE NULLABLE"
      event_id    = "STRING NULLABLE"
      frames      = "STRING REPEATED"
      id          = "INTEGER NULLABLE"
      lines       = "STRING NULLABLE"
      paid        = "BOOLEAN NULLABLE"
      time        = "TIMESTAMP NULLABLE"
      weight      = "FLOAT NULLABLE"
    }
    error_message = "The columns of the Parquet."
  }
}

run "a_property_of_two_types_is_refused" {
  command = plan

  variables {
    schemas = { "com.example.order" = { properties = { total = { type = ["number", "string"] } } } }
  }

  expect_failures = [var.schemas]
}

run "a_day_reads_so_much_and_no_more" {
  command = plan

  variables {
    query_daily_gb = 100
  }

  assert {
    condition     = google_cloud_quotas_quota_preference.scanned[0].quota_config[0].preferred_value == "95367"
    error_message = "100 GB are 95367 MiB, which the quota counts in."
  }
}
