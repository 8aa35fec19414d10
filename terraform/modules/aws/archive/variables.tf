variable "deletion_protection" {
  description = "Refuse to destroy the bucket while it holds objects."
  type        = bool
  default     = true
}

variable "key" {
  description = "ARN of the KMS key that encrypts the objects."
  type        = string
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
