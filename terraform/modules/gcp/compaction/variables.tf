variable "bucket" {
  description = "Name of the archive's bucket."
  type        = string
}

variable "channels" {
  description = "Ids of the notification channels that are told."
  type        = list(string)
}

variable "deletion_protection" {
  description = "Refuse to destroy the service."
  type        = bool
  default     = true
}

variable "environment_variables" {
  description = "Environment of the function beside what it is given here."
  type        = map(string)
  default     = {}
}

variable "image" {
  description = "Container image of the service."
  type        = string
}

variable "network" {
  description = "Network and subnet that it sends through: everything (all_traffic), or only what goes to private addresses; null for Google's own way out."
  type = object({
    all_traffic = bool
    network     = string
    subnet      = string
  })
  default = null
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
  description = "Region of the service and its schedule."
  type        = string
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
