variable "keep" {
  description = "How many of the newest images stay, however old they are."
  type        = number
  default     = 20

  validation {
    condition     = var.keep >= 1 && var.keep <= 1000 && floor(var.keep) == var.keep
    error_message = "keep is ${var.keep}; a whole number from 1 to 1000."
  }
}

variable "prefix" {
  description = "Start of every name; the repository's own."
  type        = string
}

variable "project" {
  description = "Project id."
  type        = string
}

variable "readers" {
  description = "Numbers of other projects whose Cloud Run runs the image. It must be switched on there, or its agent is not there yet."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for number in var.readers : can(regex("^[0-9]{6,19}$", number))])
    error_message = "readers has ${join(", ", var.readers)}; the numbers of projects, as `gcloud projects describe PROJECT` says them; not ids."
  }
}

variable "region" {
  description = "Where the images are: beside the services."
  type        = string
}

variable "retention_days" {
  description = "Days after which an image goes that is not among the newest."
  type        = number
  default     = 180

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 3650
    error_message = "retention_days is ${var.retention_days}; 1 to 3650."
  }
}
