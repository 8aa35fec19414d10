variable "deletion_window_days" {
  description = "Days between the request to destroy a key version and its end, in which it can be taken back."
  type        = number
  default     = 30

  validation {
    condition     = var.deletion_window_days >= 1 && var.deletion_window_days <= 120
    error_message = "deletion_window_days is ${var.deletion_window_days}; Cloud KMS takes 1 to 120."
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

variable "project_number" {
  description = "Project number, which service agents are named by."
  type        = string
}

variable "region" {
  description = "Region of the key ring; keys serve only resources there."
  type        = string
}
