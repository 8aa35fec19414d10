variable "deletion_protection" {
  description = "Refuse to destroy the bucket while it holds a state."
  type        = bool
  default     = true
}

variable "deletion_window_days" {
  description = "Days between the request to destroy a key version and its end, in which it can be taken back."
  type        = number
  default     = 30

  validation {
    condition     = var.deletion_window_days >= 1 && var.deletion_window_days <= 120
    error_message = "deletion_window_days is ${var.deletion_window_days}; Cloud KMS takes 1 to 120."
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
    error_message = "noncurrent_versions is ${var.noncurrent_versions}; 1 to 100."
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

variable "region" {
  description = "Region of the bucket and its key."
  type        = string
}

variable "rotation_days" {
  description = "Days until a new version encrypts what is written; old versions stay for what they encrypted."
  type        = number
  default     = 90

  validation {
    condition     = var.rotation_days >= 1 && var.rotation_days <= 90
    error_message = "rotation_days is ${var.rotation_days}; 1 to 90, the longest that CIS Google Cloud 1.10 accepts."
  }
}
