variable "bucket" {
  description = "Name of the archive's bucket here."
  type        = string
}

variable "hmac_key" {
  description = "Also make the static key that AWS DataSync reads this archive with."
  type        = bool
  default     = false
}

variable "interval_hours" {
  description = "Hours between two runs."
  type        = number
  default     = 24

  validation {
    condition     = var.interval_hours >= 1 && floor(var.interval_hours) == var.interval_hours
    error_message = "interval_hours is ${var.interval_hours}; whole hours from 1 on, Storage Transfer's shortest."
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

variable "source_bucket" {
  description = "Name of the archive's bucket on the other cloud."
  type        = string
}

variable "source_role" {
  description = "ARN of the role there that reads it."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]{1,64}$", var.source_role))
    error_message = "source_role is '${var.source_role}'; the ARN of a role, arn:aws:iam::ACCOUNT:role/NAME."
  }
}
