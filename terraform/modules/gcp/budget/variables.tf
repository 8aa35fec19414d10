variable "billing_account" {
  description = "Billing account that pays for the project."
  type        = string

  validation {
    condition     = can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.billing_account))
    error_message = "billing_account is '${var.billing_account}'; write it as 012345-6789AB-CDEF01."
  }
}

variable "emails" {
  description = "Who gets an e-mail at each threshold; with none, the billing account's administrators do."
  type        = set(string)
  default     = []

  validation {
    condition     = length(var.emails) <= 5
    error_message = "emails has ${length(var.emails)}; a budget notifies at most 5."
  }
}

variable "key" {
  description = "Resource name of the KMS key that encrypts the topic."
  type        = string
}

variable "monthly_usd" {
  description = "What a month may cost, in whole US dollars; the billing account must be in US dollars."
  type        = number

  validation {
    condition     = var.monthly_usd >= 1 && floor(var.monthly_usd) == var.monthly_usd
    error_message = "monthly_usd is ${var.monthly_usd}; a whole number of dollars, at least 1."
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
  description = "Project number, which Cloud Billing knows the project by."
  type        = string
}

variable "region" {
  description = "The only region that alerts may rest in."
  type        = string
}
