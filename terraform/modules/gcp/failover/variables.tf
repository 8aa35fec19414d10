variable "addresses" {
  description = "Fixed addresses that answer for each cloud."
  type        = map(list(string))

  validation {
    condition     = toset(keys(var.addresses)) == toset(["aws", "gcp"]) && alltrue([for addresses in values(var.addresses) : length(addresses) > 0])
    error_message = "addresses: a cloud has none; Cloud DNS can probe and weigh nothing but addresses, so name both clouds' (failover.addresses)."
  }

  validation {
    condition     = alltrue(flatten([for addresses in values(var.addresses) : [for address in addresses : can(cidrnetmask("${address}/32"))]]))
    error_message = "addresses has something that is no IPv4 address."
  }
}

variable "domain" {
  description = "Name that senders use; the zone has the same."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", var.domain))
    error_message = "domain is '${var.domain}'; a host name in small letters, as events.example.com."
  }
}

variable "health" {
  description = "Probes of path on each ingest; a cloud is out after threshold failures."
  type = object({
    interval_seconds = optional(number, 30)
    path             = optional(string, "/readyz")
    threshold        = optional(number, 3)
  })
  default = {}

  validation {
    condition     = var.health.interval_seconds >= 30 && var.health.interval_seconds <= 300
    error_message = "health: interval_seconds is ${var.health.interval_seconds}; probes from the internet are 30 to 300 seconds apart."
  }

  validation {
    condition     = var.health.threshold >= 1 && var.health.threshold <= 10
    error_message = "health: threshold is ${var.health.threshold}; 1 to 10."
  }
}

variable "name_servers" {
  description = "Servers of the zone at each provider, once known, each with its last dot."
  type        = object({ aws = set(string), gcp = set(string) })
  default     = { aws = [], gcp = [] }
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
  description = "Region that a standby is filed under; it answers everywhere."
  type        = string
}

variable "ttl_seconds" {
  description = "Seconds that an answer may be kept, before traffic moves."
  type        = number
  default     = 60

  validation {
    condition     = var.ttl_seconds >= 30 && var.ttl_seconds <= 3600
    error_message = "ttl_seconds is ${var.ttl_seconds}; 30 to 3600."
  }
}

variable "weights" {
  description = "Shares of the traffic while both are healthy; 0 makes a cloud the other's standby."
  type        = object({ aws = number, gcp = number })
  default     = { aws = 50, gcp = 50 }

  validation {
    condition     = alltrue([for weight in values(var.weights) : weight >= 0 && weight <= 255]) && sum(values(var.weights)) > 0
    error_message = "weights are 0 to 255 each, and not both 0."
  }
}

variable "zone" {
  description = "Name of the zone in Cloud DNS."
  type        = string
}
