variable "consumers" {
  description = <<-EOT
    Who reads the topic, by name. Each gets a push subscription and a dead-letter topic with its own subscription.
    backoff_seconds: pauses between deliveries, doubling from minimum to maximum. max_attempts: deliveries before a frame is a dead
    letter. origin: only frames that this cloud held first; null for all. type: only frames of this type; null for all. timeout_seconds: time-out of the service that is called.
  EOT
  type = map(object({
    backoff_seconds = optional(object({ maximum = number, minimum = number }), { maximum = 600, minimum = 1 })
    max_attempts    = number
    origin          = optional(string)
    timeout_seconds = number
    type            = optional(string)
  }))

  validation {
    condition     = alltrue([for c in var.consumers : c.max_attempts >= 5 && c.max_attempts <= 100])
    error_message = "consumers: max_attempts is out of range; Pub/Sub takes 5 to 100."
  }

  validation {
    condition     = alltrue([for c in var.consumers : c.origin == null ? true : contains(["aws", "gcp"], c.origin)])
    error_message = "consumers: origin is aws, gcp or null."
  }

  validation {
    condition     = alltrue([for c in var.consumers : can(regex("^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", coalesce(c.type, "any")))])
    error_message = "consumers: type is up to a hundred letters, digits, dots, hyphens and underscores, or null."
  }

  validation {
    condition     = alltrue([for c in var.consumers : c.timeout_seconds >= 1 && c.timeout_seconds <= 570])
    error_message = "consumers: timeout_seconds is out of range; 1 to 570, since a push must be acknowledged within 600."
  }

  validation {
    condition = alltrue([
      for c in var.consumers : 0 <= c.backoff_seconds.minimum && c.backoff_seconds.minimum <= c.backoff_seconds.maximum && c.backoff_seconds.maximum <= 600
    ])
    error_message = "consumers: backoff_seconds is out of range; Pub/Sub takes 0 to 600, the minimum not above the maximum."
  }
}

variable "endpoints" {
  description = "Base URL of the service of each consumer."
  type        = map(string)
}

variable "key" {
  description = "Resource name of the KMS key that encrypts topics and dead letters."
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

variable "project_number" {
  description = "Project number, which service agents are named by."
  type        = string
}

variable "region" {
  description = "The only region that messages may rest in."
  type        = string
}

variable "retention_days" {
  description = "Days that what is not acknowledged is kept, dead letters too."
  type        = number
  default     = 7

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 31
    error_message = "retention_days is ${var.retention_days}; Pub/Sub takes up to 31."
  }
}
