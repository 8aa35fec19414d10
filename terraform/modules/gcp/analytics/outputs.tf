output "compacted" {
  description = "Name of the Parquet table of each type of event."
  value       = { for type, table in google_bigquery_table.compacted : type => table.table_id }
}

output "database" {
  description = "Name of the data set; null when analytics is off."
  value       = one(google_bigquery_dataset.events[*].dataset_id)
}

output "tables" {
  description = "Name of the table of each type of event; the loaded one has _loaded after it."
  value       = { for type, table in google_bigquery_table.archive : type => table.table_id }
}
