variable "alarm_topic" {
  description = "ARN of the topic that is told."
  type        = string
}

variable "architecture" {
  description = "Processor that the package was built for."
  type        = string
  default     = "arm64"

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture is '${var.architecture}'; Lambda has arm64 and x86_64."
  }
}

variable "boundary" {
  description = "ARN of the permissions boundary of its roles."
  type        = string
}

variable "bucket" {
  description = "Name of the archive's bucket."
  type        = string
}

variable "environment_variables" {
  description = "Environment of the function beside what it is given here."
  type        = map(string)
  default     = {}
}

variable "key" {
  description = "ARN of the KMS key that encrypts the dead letters."
  type        = string
}

variable "log_key" {
  description = "ARN of the KMS key that encrypts the logs."
  type        = string
}

variable "log_retention_days" {
  description = "Days that logs are kept."
  type        = number
  default     = 30
}

variable "package" {
  description = "Path of the function's zip, as the build made it."
  type        = string
}

variable "prefix" {
  description = "Start of every name."
  type        = string
}

variable "reserved_concurrency" {
  description = "Calls at a time that are set aside for it and are its most; -1 sets none aside, which an account with few to give needs."
  type        = number
  default     = -1

  validation {
    condition     = contains([-1, 1], var.reserved_concurrency)
    error_message = "reserved_concurrency is ${var.reserved_concurrency}; 1, or -1 for none."
  }
}

variable "settings" {
  description = "every_hours: between two runs. lookback_days: days before today (UTC) that are written beside it, when events of them come late. day_mb: megabytes of a type's day and its 30 days before, as stored, that are too many for the function: they are told, and not written."
  type = object({
    day_mb        = optional(number, 100)
    every_hours   = optional(number, 1)
    lookback_days = optional(number, 2)
  })
  default = {}

  validation {
    condition     = contains([1, 2, 3, 4, 6], var.settings.every_hours)
    error_message = "settings: every_hours is ${var.settings.every_hours}; 1, 2, 3, 4 or 6, a part of the day."
  }

  validation {
    condition     = contains(range(1, 31), var.settings.lookback_days)
    error_message = "settings: lookback_days is ${var.settings.lookback_days}; whole days from 1 to 30."
  }

  validation {
    condition     = contains(range(1, 101), var.settings.day_mb)
    error_message = "settings: day_mb is ${var.settings.day_mb}; whole megabytes from 1 to 100, which the function has room for."
  }
}

variable "storage_key" {
  description = "ARN of the KMS key that encrypts the archive."
  type        = string
}
