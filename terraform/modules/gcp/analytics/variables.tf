variable "bucket" {
  description = "Name of the archive's bucket."
  type        = string
}

variable "deletion_protection" {
  description = "Refuse to destroy the loaded tables, and the data set while it has tables."
  type        = bool
  default     = true
}

variable "enable_analytics" {
  description = "Whether there is any of it."
  type        = bool
}

variable "key" {
  description = "Resource name of the KMS key that encrypts the tables; null when analytics is off."
  type        = string
  default     = null
}

variable "partition_days" {
  description = "Days that a loaded event is kept; the archive keeps it longer."
  type        = number
  default     = 400

  validation {
    condition     = var.partition_days >= 1
    error_message = "partition_days is ${var.partition_days}; at least 1."
  }
}

variable "prefix" {
  description = "Start of every name."
  type        = string
}

variable "project" {
  description = "Project id."
  type        = string
}

variable "query_daily_gb" {
  description = "Gigabytes that all queries of the project read in a day at most; BigQuery refuses what comes after."
  type        = number
  default     = 1000

  validation {
    condition     = var.query_daily_gb >= 1 && var.query_daily_gb <= 200000
    error_message = "query_daily_gb is ${var.query_daily_gb}; 1 to 200000: a project has 200 TiB a day unless Google gives more."
  }
}

variable "region" {
  description = "Region of the data set: the bucket's, and the key's."
  type        = string
}

variable "schemas" {
  description = "JSON Schema of each type of event, by type: what the catalogue has."
  type = map(object({
    description = optional(string, "")
    properties  = map(object({ type = set(string), format = optional(string) }))
  }))

  validation {
    condition     = alltrue(flatten([for schema in var.schemas : [for property in schema.properties : length(setsubtract(property.type, ["null"])) == 1]]))
    error_message = "schemas: a property of several types has no column; give it one, and null where it may be absent."
  }
}
