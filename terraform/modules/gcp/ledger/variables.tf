variable "bucket" {
  description = "Name of the archive's bucket here."
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
  description = "Environment of the service beside what it is given here: how it gets to the other cloud."
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

variable "other_bucket" {
  description = "Name of the archive's bucket on the other cloud."
  type        = string
}

variable "other_ledger" {
  description = "Name of the role of the ledger on AWS, which may list this archive."
  type        = string
}

variable "pool" {
  description = "Resource name of the workload identity pool that lets that role in."
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
  description = "Region of the service and its schedule."
  type        = string
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
