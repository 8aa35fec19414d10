variable "deletion_protection" {
  description = "Refuse to destroy the bucket while it holds objects."
  type        = bool
  default     = true
}

variable "key" {
  description = "ARN of the KMS key that encrypts the objects."
  type        = string
}

variable "lifecycle_days" {
  description = "Days until an object moves to a class that is read seldom, to one that is an archive, and until it goes; 0 is never."
  type = object({
    archive    = optional(number, 0)
    expire     = optional(number, 0)
    infrequent = optional(number, 0)
  })
  default = {}

  validation {
    condition     = var.lifecycle_days.infrequent == 0 || var.lifecycle_days.infrequent >= 30
    error_message = "lifecycle_days: infrequent is ${var.lifecycle_days.infrequent}; S3 moves nothing to STANDARD_IA before 30 days."
  }

  validation {
    condition     = var.lifecycle_days.archive == 0 || var.lifecycle_days.archive >= var.lifecycle_days.infrequent + 30
    error_message = "lifecycle_days: archive is ${var.lifecycle_days.archive}; 30 days after infrequent at least, as STANDARD_IA bills for 30."
  }

  validation {
    condition     = var.lifecycle_days.expire == 0 || var.lifecycle_days.expire > max(var.lifecycle_days.archive, var.lifecycle_days.infrequent)
    error_message = "lifecycle_days: expire is ${var.lifecycle_days.expire}; an object goes after its last move."
  }
}

variable "noncurrent_days" {
  description = "Days that a replaced or deleted object can be brought back."
  type        = number
  default     = 30

  validation {
    condition     = var.noncurrent_days >= 1
    error_message = "noncurrent_days is ${var.noncurrent_days}; at least 1, or versions would be of no use."
  }
}

variable "prefix" {
  description = "Start of every name."
  type        = string
}
