variable "deletion_window_days" {
  description = "Days between the request to delete a key and its end, in which it can be taken back."
  type        = number
  default     = 30

  validation {
    condition     = var.deletion_window_days >= 7 && var.deletion_window_days <= 30
    error_message = "deletion_window_days is ${var.deletion_window_days}; KMS takes 7 to 30."
  }
}

variable "prefix" {
  description = "Start of every name."
  type        = string
}
