variable "deletion_window_days" {
  description = "Days between the request to delete a key and its end, in which it can be taken back."
  type        = number
  default     = 30

  validation {
    condition     = var.deletion_window_days >= 7 && var.deletion_window_days <= 30
    error_message = "deletion_window_days is ${var.deletion_window_days}; KMS takes 7 to 30."
  }
}

variable "domains" {
  description = "What has a key of its own: analytics (results of queries), logs, messaging (SNS, SQS), storage (S3)."
  type        = set(string)
  default     = ["analytics", "logs", "messaging", "storage"]

  validation {
    condition     = length(setsubtract(var.domains, ["analytics", "logs", "messaging", "storage"])) == 0
    error_message = "domains has ${join(", ", setsubtract(var.domains, ["analytics", "logs", "messaging", "storage"]))}; there are analytics, logs, messaging and storage."
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
