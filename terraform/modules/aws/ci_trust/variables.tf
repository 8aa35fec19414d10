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
  description = "The repository that is trusted: by its ids, and by its names, which the older subject has."
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

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9-]{0,38}$", var.github.owner)) && can(regex("^[A-Za-z0-9._-]{1,100}$", var.github.repository))
    error_message = "github: '${var.github.owner}/${var.github.repository}' are no names of an owner and a repository; no wildcard."
  }
}

variable "lock_table" {
  description = "Name of the table that older tooling locks with."
  type        = string
}

variable "prefix" {
  description = "Start of every name."
  type        = string
}

variable "state_bucket" {
  description = "Name of the bucket that holds the states."
  type        = string
}

variable "state_key" {
  description = "ARN of the key that encrypts them."
  type        = string
}
