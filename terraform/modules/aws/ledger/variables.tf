variable "alarm_topic" {
  description = "ARN of the topic that is told."
  type        = string
}

variable "architecture" {
  description = "Processor that the package was built for."
  type        = string
  default     = "arm64"
}

variable "boundary" {
  description = "ARN of the permissions boundary of its roles."
  type        = string
}

variable "bucket" {
  description = "Name of the archive's bucket here."
  type        = string
}

variable "environment_variables" {
  description = "Environment of the function beside what it is given here: how it gets to the other cloud."
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

variable "other_bucket" {
  description = "Name of the archive's bucket on the other cloud."
  type        = string
}

variable "other_ledger" {
  description = "Unique id of the service account of the ledger on Google Cloud, which may list this archive; null before it is known."
  type        = string
  default     = null

  validation {
    condition     = var.other_ledger == null ? true : can(regex("^[0-9]{15,25}$", var.other_ledger))
    error_message = "other_ledger is no unique id of a service account: 15 to 25 digits."
  }
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
  description = <<-EOT
    every_minutes: between two comparisons. window_hours: the last hours that are compared; what is missing for longer is no longer told, and
    replication must have copied it by then. rpo_seconds: how long an object may be missing before somebody is told; lag_seconds: how long a
    frame may take into an archive. Both count from when the frame was accepted.
  EOT
  type = object({
    every_minutes = optional(number, 15)
    lag_seconds   = optional(number, 900)
    rpo_seconds   = optional(number, 900)
    window_hours  = optional(number, 24)
  })
  default = {}

  validation {
    condition     = contains([5, 10, 15, 20, 30, 60], var.settings.every_minutes)
    error_message = "settings: every_minutes is ${var.settings.every_minutes}; 5, 10, 15, 20, 30 or 60, longer than a comparison may take and a part of the hour."
  }

  validation {
    condition     = var.settings.lag_seconds >= 60 && var.settings.rpo_seconds >= 60
    error_message = "settings: lag_seconds is ${var.settings.lag_seconds} and rpo_seconds ${var.settings.rpo_seconds}; 60 at least: what is younger is on its way and not missing."
  }

  validation {
    condition     = contains(range(1, 169), var.settings.window_hours)
    error_message = "settings: window_hours is ${var.settings.window_hours}; whole hours from 1 to 168."
  }
}
