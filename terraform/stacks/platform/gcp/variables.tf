# What both clouds' stacks take, in the same words: one file in environments/ serves both, so each declares all of it.

variable "aws" {
  description = "Where on AWS."
  type = object({
    account_id = string
    region     = string
  })

  validation {
    condition     = can(regex("^[0-9]{12}$", var.aws.account_id))
    error_message = "aws: account_id is '${var.aws.account_id}'; it has 12 digits."
  }

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.aws.region)) && length(var.aws.region) <= 14
    error_message = "aws: region is '${var.aws.region}'; write it as us-east-1."
  }
}

variable "cost_profile" {
  description = "What the environment may cost: minimal to try things, balanced for work, resilient where an outage costs more."
  type        = string
  default     = "balanced"

  validation {
    condition     = contains(["balanced", "minimal", "resilient"], var.cost_profile)
    error_message = "cost_profile is '${var.cost_profile}'; there are minimal, balanced and resilient."
  }
}

variable "deletion_protection" {
  description = "Refuse to destroy what holds events."
  type        = bool
  default     = true
}

variable "environment" {
  description = "Name of the environment."
  type        = string

  validation {
    condition     = contains(["dev", "prod", "staging"], var.environment)
    error_message = "environment is '${var.environment}'; there are dev, staging and prod."
  }
}

# A map and not an object: an object would drop a misspelled flag in silence.
variable "features" {
  description = "Parts that can be switched on and off: tracing (X-Ray, Cloud Trace; on)."
  type        = map(bool)
  default     = {}

  validation {
    condition     = length(setsubtract(keys(var.features), ["tracing"])) == 0
    error_message = "features: no such flag: ${join(", ", setsubtract(keys(var.features), ["tracing"]))}; there is tracing."
  }
}

variable "google" {
  description = <<-EOT
    Where on Google Cloud. project_number: what identity federation knows the project by.
    service_account_ids: unique ids of the service accounts of ingest and bridge, once the Google stack has put them out.
  EOT
  type = object({
    ingest_invokers     = optional(set(string), [])
    project             = string
    project_number      = string
    region              = string
    service_account_ids = optional(map(string), {})
  })

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.google.project))
    error_message = "google: project is '${var.google.project}'; a project id has 6 to 30 small letters, digits and hyphens."
  }

  validation {
    condition     = can(regex("^[0-9]{6,15}$", var.google.project_number))
    error_message = "google: project_number is '${var.google.project_number}'; it has digits only, and is not the project id."
  }

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.google.region))
    error_message = "google: region is '${var.google.region}'; write it as us-central1."
  }

  validation {
    condition     = !contains(var.google.ingest_invokers, "allUsers") && !contains(var.google.ingest_invokers, "allAuthenticatedUsers")
    error_message = "google: ingest_invokers names everybody; nothing is public here, name service accounts or groups."
  }

  validation {
    condition     = length(setsubtract(keys(var.google.service_account_ids), ["bridge", "ingest"])) == 0
    error_message = "google: service_account_ids has other keys than bridge and ingest."
  }
}

variable "prefix" {
  description = "Start of every name. At most 20 characters: a service account has 30, a bucket 63 with project or account and region."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.prefix)) && !startswith(var.prefix, "gcp-")
    error_message = "prefix is '${var.prefix}'; 3 to 20 small letters, digits and hyphens, a letter first and no hyphen last, not gcp-."
  }
}

variable "senders" {
  description = "Who may send, by name: SHA-256 of their API keys (two while one is replaced), and prefixes of what they may send (none: anything)."
  type = map(object({
    key_sha256 = list(string)
    sources    = optional(list(string), [])
    types      = optional(list(string), [])
  }))
  default = {}

  validation {
    condition     = alltrue(flatten([for s in var.senders : [for hash in s.key_sha256 : can(regex("^[0-9a-f]{64}$", hash))]]))
    error_message = "senders: key_sha256 holds something that is no SHA-256 in 64 small hexadecimal digits; never the key itself."
  }

  validation {
    condition     = length(jsonencode(var.senders)) <= 3000
    error_message = "senders: more than 3000 characters as JSON; a function's whole environment may have 4096."
  }
}
