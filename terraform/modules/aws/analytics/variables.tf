variable "bucket" {
  description = "Name of the archive's bucket."
  type        = string
}

variable "deletion_protection" {
  description = "Refuse to destroy the workgroup while it has queries."
  type        = bool
  default     = true
}

variable "enable_analytics" {
  description = "Whether there is any of it."
  type        = bool
}

variable "first_date" {
  description = "Day from which there are events, as 2026-01-01."
  type        = string
  default     = "2026-01-01"

  validation {
    condition     = can(regex("^20[0-9]{2}-[01][0-9]-[0-3][0-9]$", var.first_date))
    error_message = "first_date is '${var.first_date}'; write it as 2026-01-01."
  }
}

variable "key" {
  description = "ARN of the KMS key that encrypts results; null when analytics is off."
  type        = string
  default     = null
}

variable "prefix" {
  description = "Start of every name."
  type        = string
}

variable "query_cutoff_gb" {
  description = "Gigabytes that a query reads at most; it is ended above."
  type        = number
  default     = 100

  validation {
    condition     = var.query_cutoff_gb >= 0.01
    error_message = "query_cutoff_gb is ${var.query_cutoff_gb}; Athena takes 10 MB at least."
  }
}

variable "schemas" {
  description = "JSON Schema of each type of event, by type: what the catalogue has."
  type = map(object({
    description = optional(string, "")
    properties  = map(object({ type = set(string), format = optional(string) }))
  }))
}
