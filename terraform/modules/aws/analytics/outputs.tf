output "compacted" {
  description = "Name of the Parquet table of each type of event."
  value       = { for type, table in aws_glue_catalog_table.compacted : type => table.name }
}

output "database" {
  description = "Name of the database; null when analytics is off."
  value       = one(aws_glue_catalog_database.events[*].name)
}

output "tables" {
  description = "Name of the table of each type of event."
  value       = { for type, table in aws_glue_catalog_table.type : type => table.name }
}
