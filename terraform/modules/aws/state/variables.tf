variable "deletion_protection" {
  description = "Refuse to destroy the bucket while it holds a state, and the table."
  type        = bool
  default     = true
}

variable "deletion_window_days" {
  description = "Days between the request to delete the key and its end, in which it can be taken back."
  type        = number
  default     = 30

  validation {
    condition     = var.deletion_window_days >= 7 && var.deletion_window_days <= 30
    error_message = "deletion_window_days is ${var.deletion_window_days}; KMS takes 7 to 30."
  }
}

variable "noncurrent_days" {
  description = "Days that an older state is kept at least."
  type        = number
  default     = 90

  validation {
    condition     = var.noncurrent_days >= 1
    error_message = "noncurrent_days is ${var.noncurrent_days}; at least 1, or there would be nothing to go back to."
  }
}

variable "noncurrent_versions" {
  description = "Older states of a stack that are kept however old they are."
  type        = number
  default     = 20

  validation {
    condition     = var.noncurrent_versions >= 1 && var.noncurrent_versions <= 100
    error_message = "noncurrent_versions is ${var.noncurrent_versions}; S3 takes 1 to 100."
  }
}

variable "prefix" {
  description = "Start of every name."
  type        = string
}

variable "rotation_days" {
  description = "Days until a new key material encrypts what is written; the old ones stay for what they encrypted."
  type        = number
  default     = 365

  validation {
    condition     = var.rotation_days >= 90 && var.rotation_days <= 365
    error_message = "rotation_days is ${var.rotation_days}; 90 to 365: KMS takes 90 at least, and a year is the longest here."
  }
}
