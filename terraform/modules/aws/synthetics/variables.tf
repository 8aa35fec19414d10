variable "alarm_topic" {
  description = "ARN of the topic that is told."
  type        = string
}

variable "boundary" {
  description = "ARN of the permissions boundary of its role."
  type        = string
}

variable "event" {
  description = "Send a marked event and wait until it is in the archive, too: its bucket, the ARN of its key, and the secret that holds an API key which may send isthmus.probe. Null sends none."
  type        = object({ bucket = string, key = string, secret = string })
  default     = null

  validation {
    condition     = var.event == null ? true : startswith(var.event.secret, "${var.prefix}-")
    error_message = "event: secret is '${try(var.event.secret, "")}'; it begins with ${var.prefix}-, since the permissions boundary lets no other be read."
  }
}

variable "every_minutes" {
  description = "Minutes between two checks; each is billed."
  type        = number
  default     = 5

  validation {
    condition     = var.every_minutes >= 1 && var.every_minutes <= 60
    error_message = "every_minutes is ${var.every_minutes}; 1 to 60."
  }
}

variable "key" {
  description = "ARN of the KMS key that encrypts what a check leaves."
  type        = string
}

variable "package" {
  description = "Path of the canary's zip, as the build made it."
  type        = string

  validation {
    condition     = fileexists(var.package)
    error_message = "There is no package at ${var.package}; build the functions first, or give package_dir."
  }
}

variable "prefix" {
  description = "Start of every name."
  type        = string
}

variable "role" {
  description = "What is checked; names the canary."
  type        = string
  default     = "probe"

  validation {
    condition     = can(regex("^[a-z0-9]{1,8}$", var.role))
    error_message = "role is '${var.role}'; 1 to 8 small letters and digits."
  }
}

variable "runtime_version" {
  description = "Runtime of CloudWatch Synthetics; the newest as of 2026-11."
  type        = string
  default     = "syn-python-selenium-14.0"
}

variable "url" {
  description = "What is asked."
  type        = string

  validation {
    condition     = startswith(var.url, "https://")
    error_message = "url is '${var.url}'; it begins with https://."
  }
}
