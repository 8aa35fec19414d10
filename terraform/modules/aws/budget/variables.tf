variable "emails" {
  description = "Who is told by e-mail."
  type        = set(string)
  default     = []

  validation {
    condition     = length(var.emails) <= 10
    error_message = "emails: ${length(var.emails)}; AWS Budgets takes 10 for an alert."
  }
}

variable "environment" {
  description = "Value of the tag `environment` whose costs count; activate it as a cost allocation tag once."
  type        = string
}

variable "key" {
  description = "ARN of the KMS key that encrypts the alerts; its policy names Budgets."
  type        = string
}

variable "monthly_usd" {
  description = "What a month may cost, in US dollars."
  type        = number

  validation {
    condition     = var.monthly_usd >= 1
    error_message = "monthly_usd is ${var.monthly_usd}; 1 at least."
  }
}

variable "prefix" {
  description = "Start of every name."
  type        = string
}
