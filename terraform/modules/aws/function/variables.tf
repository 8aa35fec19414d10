variable "architecture" {
  description = "Processor that the package was built for."
  type        = string
  default     = "arm64"

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture is '${var.architecture}'; Lambda has arm64 and x86_64."
  }
}

variable "boundary" {
  description = "ARN of the permissions boundary of its role."
  type        = string
}

variable "description" {
  description = "What it does, in a sentence."
  type        = string
}

variable "environment_variables" {
  description = "Environment of the function, beside its cloud, prefix and role."
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

variable "log_key" {
  description = "ARN of the KMS key that encrypts the logs."
  type        = string
}

variable "package" {
  description = "Path of the zip, as the build made it."
  type        = string

  validation {
    condition     = fileexists(var.package)
    error_message = "There is no package at ${var.package}; build the functions first, or give package_dir."
  }
}

variable "policy" {
  description = "JSON of the policy document with what the function may call, beside its own logs and traces."
  type        = string
}

variable "prefix" {
  description = "Start of every name."
  type        = string
}

variable "queue" {
  description = "Queue that it reads, if it reads one. batch_size: frames a call, as many as fit into the 6 MB of an invocation."
  type = object({
    arn                  = string
    batch_size           = optional(number, 10)
    batch_window_seconds = optional(number, 0)
    max_concurrency      = optional(number, 2)
  })
  default = null

  validation {
    condition     = var.queue == null ? true : var.queue.batch_size >= 1 && var.queue.batch_size <= 10
    error_message = "queue: batch_size is out of range; 1 to 10, since a frame has up to 256 KiB."
  }

  validation {
    condition     = var.queue == null ? true : var.queue.max_concurrency >= 2 && var.queue.max_concurrency <= 1000
    error_message = "queue: max_concurrency is out of range; Lambda takes 2 to 1000."
  }
}

variable "role" {
  description = "What it is for; names it, its handler and its log group."
  type        = string

  validation {
    condition     = contains(["alert", "archive", "bridge", "compact", "handler", "ingest", "ledger"], var.role)
    error_message = "role is '${var.role}'; there are alert, archive, bridge, compact, handler, ingest and ledger."
  }
}

variable "settings" {
  description = "Its size. reserved_concurrency: -1 reserves nothing. storage_mb: room for its files, of which 512 are free."
  type = object({
    log_retention_days   = optional(number, 30)
    memory_mb            = optional(number, 512)
    reserved_concurrency = optional(number, -1)
    storage_mb           = optional(number, 512)
    timeout_seconds      = number
  })

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.settings.log_retention_days)
    error_message = "settings: log_retention_days is ${var.settings.log_retention_days}; CloudWatch keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180 or 365 days, or for some longer times that it lists."
  }

  validation {
    condition     = var.settings.memory_mb >= 128 && var.settings.memory_mb <= 10240
    error_message = "settings: memory_mb is ${var.settings.memory_mb}; Lambda takes 128 to 10240."
  }

  validation {
    condition     = var.settings.storage_mb >= 512 && var.settings.storage_mb <= 10240
    error_message = "settings: storage_mb is ${var.settings.storage_mb}; Lambda takes 512 to 10240."
  }

  validation {
    condition     = var.settings.timeout_seconds >= 1 && var.settings.timeout_seconds <= 900
    error_message = "settings: timeout_seconds is ${var.settings.timeout_seconds}; Lambda takes 1 to 900."
  }
}

variable "tracing" {
  description = "Let X-Ray record the invocations, and the function send its own spans there."
  type        = bool
  default     = false
}
