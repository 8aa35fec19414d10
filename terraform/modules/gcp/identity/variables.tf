variable "aws_account_id" {
  description = "AWS account of the functions."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.aws_account_id))
    error_message = "aws_account_id is '${var.aws_account_id}'; it has 12 digits."
  }
}

variable "aws_roles" {
  description = "Names of the AWS roles that may publish, by function."
  type        = map(string)

  validation {
    condition     = length(var.aws_roles) > 0 && alltrue([for role in values(var.aws_roles) : can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", role))])
    error_message = "aws_roles: at least one, each the name of a role (no ARN, no path)."
  }
}

variable "other_roles" {
  description = "Names of further AWS roles that the pool lets in. They become nobody and may publish nothing: each has what is granted to itself."
  type        = set(string)
  default     = []
}

variable "prefix" {
  description = "Start of every name."
  type        = string
}

variable "project" {
  description = "Project id."
  type        = string
}

variable "topic" {
  description = "Resource name of the topic."
  type        = string
}
