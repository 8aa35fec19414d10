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
  source = "../../../modules/aws/analytics"

  bucket              = module.archive.bucket
  deletion_protection = var.deletion_protection
  enable_analytics    = local.features.analytics
  key                 = lookup(local.keys, "analytics", null)
  prefix              = var.prefix
  query_cutoff_gb     = local.settings.query_cutoff_gb
  schemas             = { for type, found in local.schemas : type => found.schema }
}
