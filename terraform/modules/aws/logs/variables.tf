variable "audit" {
  description = "Whose data access is recorded, by service (s3): DATA_READ, DATA_WRITE. One entry a call, which bills by the call."
  type        = map(set(string))
  default     = {}

  validation {
    condition     = length(setsubtract(keys(var.audit), ["s3"])) == 0
    error_message = "audit: ${join(", ", keys(var.audit))}; there is s3."
  }

  validation {
    condition     = alltrue([for types in var.audit : length(setsubtract(types, ["DATA_READ", "DATA_WRITE"])) == 0])
    error_message = "audit: each service has DATA_READ and DATA_WRITE, and nothing else."
  }
}

variable "deletion_protection" {
  description = "Refuse to destroy the bucket while it holds records."
  type        = bool
  default     = true
}

variable "key" {
  description = "ARN of the KMS key that encrypts the records; its policy names the trail."
  type        = string
}

variable "prefix" {
  description = "Start of every name."
  type        = string
}

variable "retention_days" {
  description = "Days that a record is kept."
  type        = number
  default     = 30

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 3650
    error_message = "retention_days is ${var.retention_days}; 1 to 3650."
  }
}
