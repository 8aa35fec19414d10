variable "audit" {
  description = "Whose data access is recorded, by service: DATA_READ, DATA_WRITE, ADMIN_READ. One entry a call, which bills by the gigabyte."
  type        = map(set(string))
  default     = {}

  validation {
    condition     = alltrue([for service, _ in var.audit : endswith(service, ".googleapis.com")])
    error_message = "audit: a service is named as storage.googleapis.com."
  }

  validation {
    condition     = alltrue([for types in var.audit : length(types) > 0 && length(setsubtract(types, ["ADMIN_READ", "DATA_READ", "DATA_WRITE"])) == 0])
    error_message = "audit: each service has at least one of ADMIN_READ, DATA_READ and DATA_WRITE, and nothing else."
  }
}

variable "key" {
  description = "Resource name of the KMS key that encrypts the logs."
  type        = string
}

variable "prefix" {
  description = "Start of every name."
  type        = string
}

variable "project" {
  description = "Project id."
  type        = string
}

variable "region" {
  description = "Region of the bucket."
  type        = string
}

variable "retention_days" {
  description = "Days that logs are kept."
  type        = number
  default     = 30

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 3650
    error_message = "retention_days is ${var.retention_days}; Cloud Logging takes 1 to 3650."
  }
}
