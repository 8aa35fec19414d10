variable "bucket" {
  description = "Name of the bucket that remembers what was told, below alerts/."
  type        = string
}

variable "deletion_protection" {
  description = "Refuse to destroy the service."
  type        = bool
  default     = true
}

variable "image" {
  description = "Container image, best by digest."
  type        = string
}

variable "key" {
  description = "Resource name of the KMS key that encrypts the dead letters."
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

variable "push_identity" {
  description = "E-mail address of the service account that Pub/Sub signs its push requests as."
  type        = string
}

variable "region" {
  description = "Region of the service, and the only one that dead letters may rest in."
  type        = string
}

variable "slack_secret" {
  description = "Name of the secret in Secret Manager that holds the webhook's address; somebody puts it there by hand."
  type        = string

  validation {
    condition     = startswith(var.slack_secret, "${var.prefix}-")
    error_message = "slack_secret is '${var.slack_secret}'; it begins with ${var.prefix}-, as on AWS, where the permissions boundary asks for it."
  }
}

variable "topics" {
  description = "Resource names of the topics whose messages people are told, by a name of your choice."
  type        = map(string)
}
