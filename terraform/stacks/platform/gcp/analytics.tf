locals {
  catalog = "${path.root}/../../../../catalog"

  # A property has one type, or a list of them.
  schemas = {
    for file in fileset(local.catalog, "*.schema.json") : trimsuffix(file, ".schema.json") => {
      for schema in [jsondecode(file("${local.catalog}/${file}"))] : "schema" => {
        description = schema.description

        properties = {
          for name, property in schema.properties : name => { type = flatten([property.type]), format = lookup(property, "format", null) }
        }
      }
    }
  }
}

module "analytics" {
  source = "../../../modules/gcp/analytics"

  bucket              = module.archive.bucket
  deletion_protection = var.deletion_protection
  enable_analytics    = local.features.analytics
  key                 = local.features.analytics ? local.keys.analytics : null
  partition_days      = local.settings.lifecycle_days.expire
  prefix              = var.prefix
  project             = local.features.analytics ? google_project_service.required["bigquery.googleapis.com"].project : var.google.project
  query_daily_gb      = local.settings.query_daily_gb
  region              = var.google.region
  schemas             = { for type, found in local.schemas : type => found.schema }
}
