variable "access" {
  description = "Who can reach it: internal (this project, Pub/Sub), authenticated (from anywhere, as an invoker) or load_balancer."
  type        = string
  default     = "internal"

  validation {
    condition     = contains(["authenticated", "internal", "load_balancer"], var.access)
    error_message = "access is '${var.access}'; there are internal, authenticated and load_balancer."
  }
}

variable "deletion_protection" {
  description = "Refuse to destroy the service."
  type        = bool
  default     = true
}

variable "description" {
  description = "What it does, in a sentence."
  type        = string
}

variable "environment_variables" {
  description = "Environment of the service, beside its cloud, prefix and role."
  type        = map(string)
  default     = {}
}

variable "handler" {
  description = "Name of the handler of your own that it runs, and is named by; null for the roles that Isthmus has."
  type        = string
  default     = null

  validation {
    condition     = var.handler == null || can(regex("^[a-z][a-z0-9]{1,8}$", coalesce(var.handler, "-")))
    error_message = "handler is '${coalesce(var.handler, "null")}'; two to nine of a-z and 0-9, a letter first."
  }

  validation {
    condition     = (var.handler != null) == (var.role == "handler")
    error_message = "handler is for the role 'handler' and no other."
  }
}

variable "image" {
  description = "Container image, best by digest."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9./_:-]*(@sha256:[0-9a-f]{64})?$", var.image))
    error_message = "image is '${var.image}'; write it as REGION-docker.pkg.dev/PROJECT/REPOSITORY/NAME, with :TAG or @sha256:DIGEST."
  }
}

variable "invokers" {
  description = "Members that Cloud Run lets call it, by a name of your choice (serviceAccount:…, group:…)."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(setintersection(values(var.invokers), ["allAuthenticatedUsers", "allUsers"])) == 0
    error_message = "invokers names everybody; nothing is public here. Behind a load balancer set access to load_balancer."
  }
}

variable "network" {
  description = "Network and subnet that it sends through: everything (all_traffic), or only what goes to private addresses; null for Google's own way out."
  type = object({
    all_traffic = bool
    network     = string
    subnet      = string
  })
  default = null
}

variable "prefix" {
  description = "Start of every name."
  type        = string
}

variable "project" {
  description = "Project id."
  type        = string
}

variable "region" {
  description = "Region of the service."
  type        = string
}

variable "role" {
  description = "What it is for; names it, and tells the image what to be."
  type        = string

  validation {
    condition     = contains(["alert", "archive", "bridge", "compact", "handler", "ingest", "ledger"], var.role)
    error_message = "role is '${var.role}'; there are alert, archive, bridge, compact, handler, ingest and ledger."
  }
}

variable "secrets" {
  description = "Environment variables that are read from Secret Manager when an instance starts: name to the secret's name."
  type        = map(string)
  default     = {}
}

variable "settings" {
  description = "Its size. concurrency: requests that one instance serves at a time."
  type = object({
    concurrency     = optional(number, 16)
    max_instances   = optional(number, 2)
    memory_mb       = optional(number, 512)
    min_instances   = optional(number, 0)
    timeout_seconds = number
  })

  validation {
    condition     = var.settings.concurrency >= 1 && var.settings.concurrency <= 1000
    error_message = "settings: concurrency is ${var.settings.concurrency}; Cloud Run takes 1 to 1000."
  }

  validation {
    condition     = var.settings.memory_mb >= 512 && var.settings.memory_mb <= 4096
    error_message = "settings: memory_mb is ${var.settings.memory_mb}; one processor takes 512 to 4096."
  }

  validation {
    condition     = 0 <= var.settings.min_instances && var.settings.min_instances <= var.settings.max_instances
    error_message = "settings: min_instances is ${var.settings.min_instances}; 0 to max_instances (${var.settings.max_instances})."
  }

  validation {
    condition     = var.settings.timeout_seconds >= 1 && var.settings.timeout_seconds <= 3600
    error_message = "settings: timeout_seconds is ${var.settings.timeout_seconds}; Cloud Run takes 1 to 3600."
  }
}
