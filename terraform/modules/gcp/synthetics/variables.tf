variable "domain" {
  description = "Name that senders use."
  type        = string
}

variable "emails" {
  description = "Who is told by e-mail."
  type        = set(string)
  default     = []
}

variable "every_minutes" {
  description = "Minutes between two checks from a place."
  type        = number
  default     = 5

  validation {
    condition     = contains([1, 5, 10, 15], var.every_minutes)
    error_message = "every_minutes is ${var.every_minutes}; Cloud Monitoring takes 1, 5, 10 and 15."
  }
}

variable "paths" {
  description = "Paths that are asked for."
  type        = set(string)
  default     = ["/healthz", "/readyz"]

  validation {
    condition     = alltrue([for path in var.paths : startswith(path, "/")])
    error_message = "paths: each begins with a slash."
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
