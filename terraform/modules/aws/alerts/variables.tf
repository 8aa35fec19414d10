variable "architecture" {
  description = "Processor that the package was built for."
  type        = string
  default     = "arm64"
}

variable "boundary" {
  description = "ARN of the permissions boundary of its role."
  type        = string
}

variable "bucket" {
  description = "Name of the bucket that remembers what was told, below alerts/."
  type        = string
}

variable "email" {
  description = "Who is told by e-mail besides, and the address that it comes from, which its owner confirms once; null for nobody."
  type = object({
    recipients = set(string)
    sender     = string
  })
  default = null

  validation {
    condition     = var.email == null ? true : length(var.email.recipients) >= 1 && length(var.email.recipients) <= 50
    error_message = "email: recipients are 1 to 50; SES takes no more for a message."
  }
}

variable "key" {
  description = "ARN of the KMS key that encrypts queues and dead letters; SNS may use it."
  type        = string
}

variable "log_key" {
  description = "ARN of the KMS key that encrypts the logs."
  type        = string
}

variable "log_retention_days" {
  description = "Days that logs are kept."
  type        = number
  default     = 30
}

variable "package" {
  description = "Path of the function's zip, as the build made it."
  type        = string
}

variable "prefix" {
  description = "Start of every name."
  type        = string
}

variable "senders" {
  description = "ARNs of further topics that may send here, by a name of your choice; whoever makes them subscribes the queue."
  type        = map(string)
  default     = {}
}

variable "slack_secret" {
  description = "Name of the secret in Secrets Manager that holds the webhook's address as text; somebody puts it there by hand."
  type        = string

  validation {
    condition     = startswith(var.slack_secret, "${var.prefix}-")
    error_message = "slack_secret is '${var.slack_secret}'; it begins with ${var.prefix}-, since the permissions boundary lets no other be read."
  }
}

variable "storage_key" {
  description = "ARN of the KMS key that encrypts the bucket."
  type        = string
}

variable "topics" {
  description = "ARNs of the topics whose messages people are told, by a name of your choice."
  type        = map(string)
}
