variable "boundary" {
  description = "ARN of the permissions boundary of its role."
  type        = string
}

variable "key" {
  description = "ARN of the KMS key of the topic."
  type        = string
}

variable "prefix" {
  description = "Start of every name."
  type        = string
}

variable "service_accounts" {
  description = "Unique ids of the Google service accounts that may publish, by function. With none there is no role."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for id in values(var.service_accounts) : can(regex("^[0-9]{15,25}$", id))])
    error_message = "service_accounts: a unique id has about 21 digits; it is no e-mail address. The Google stack puts them out as service_account_ids."
  }
}

variable "topic" {
  description = "ARN of the topic."
  type        = string
}
