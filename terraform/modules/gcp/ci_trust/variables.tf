variable "billing_account" {
  description = "Billing account whose budgets the identities read and make; null for none."
  type        = string
  default     = null

  validation {
    condition     = var.billing_account == null ? true : can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.billing_account))
    error_message = "billing_account is '${coalesce(var.billing_account, "null")}'; write it as 012345-6789AB-CDEF01."
  }
}

variable "branch" {
  description = "Branch that plans and applies; pull requests plan from any."
  type        = string
  default     = "main"

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$", var.branch))
    error_message = "branch is '${var.branch}'; a branch's name without refs/heads/, and no wildcard."
  }
}

variable "environment" {
  description = "Environment of GitHub, with its reviewers, whose jobs may apply."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.environment))
    error_message = "environment is '${var.environment}'; small letters, digits and hyphens, and no wildcard."
  }
}

variable "github" {
  description = "The repository that is trusted: by its ids. Its names are for people to read."
  type = object({
    owner         = string
    owner_id      = string
    repository    = string
    repository_id = string
  })

  validation {
    condition     = can(regex("^[1-9][0-9]{0,18}$", var.github.owner_id)) && can(regex("^[1-9][0-9]{0,18}$", var.github.repository_id))
    error_message = "github: owner_id and repository_id are numbers, as `gh api repos/OWNER/NAME --jq .id,.owner.id` says them; not names."
  }
}

variable "images" {
  description = "Repository that the push identity pushes to."
  type        = object({ location = string, repository = string })
}

variable "prefix" {
  description = "Start of every name."
  type        = string
}

variable "project" {
  description = "Project id."
  type        = string
}

variable "push_environment" {
  description = "Environment of GitHub whose jobs push images; no reviewers, and only the branch."
  type        = string
  default     = "images"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.push_environment)) && var.push_environment != var.environment
    error_message = "push_environment is '${var.push_environment}'; small letters, digits and hyphens, no wildcard, and not the environment that applies."
  }
}

variable "state_bucket" {
  description = "Name of the bucket that holds the states."
  type        = string
}
