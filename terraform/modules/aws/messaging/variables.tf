variable "consumers" {
  description = <<-EOT
    Who reads the topic, by name. Each gets a queue and a dead-letter queue.
    max_attempts: receives before a frame is a dead letter. origin: only frames that this cloud held first; type: only frames of this type; null for all.
    timeout_seconds: time-out of the function that reads. batch_window_seconds: how long it gathers a batch.
  EOT
  type = map(object({
    batch_window_seconds = optional(number, 0)
    max_attempts         = number
    origin               = optional(string)
    timeout_seconds      = number
    type                 = optional(string)
  }))

  validation {
    condition     = alltrue([for c in var.consumers : c.max_attempts >= 1 && c.max_attempts <= 1000])
    error_message = "consumers: max_attempts is out of range; SQS takes 1 to 1000."
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
    condition     = alltrue([for c in var.consumers : c.timeout_seconds >= 1 && c.timeout_seconds <= 900])
    error_message = "consumers: timeout_seconds is out of range; Lambda takes 1 to 900."
  }

  validation {
    condition     = alltrue([for c in var.consumers : c.batch_window_seconds >= 0 && c.batch_window_seconds <= 300])
    error_message = "consumers: batch_window_seconds is out of range; Lambda takes 0 to 300."
  }
}

variable "key" {
  description = "ARN of the KMS key that encrypts topic, queues and dead letters."
  type        = string
}

variable "prefix" {
  description = "Start of every name."
  type        = string
}
