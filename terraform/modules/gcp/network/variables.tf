variable "allowed_egress" {
  description = "What may be reached beside Google's APIs, by a name of your choice: host names or ranges, and TCP ports. None without nat."
  type = map(object({
    fqdns  = optional(set(string), [])
    ports  = set(number)
    ranges = optional(set(string), [])
  }))
  default = {}

  validation {
    condition     = alltrue([for name, _ in var.allowed_egress : can(regex("^[a-z][a-z0-9-]{0,61}$", name))])
    error_message = "allowed_egress: a name has small letters, digits and hyphens, a letter first."
  }

  validation {
    condition     = alltrue([for e in var.allowed_egress : length(e.fqdns) + length(e.ranges) > 0])
    error_message = "allowed_egress: an exception without fqdns and ranges would allow everything; name at least one."
  }

  validation {
    condition     = alltrue(flatten([for e in var.allowed_egress : [for range in e.ranges : can(cidrhost(range, 0))]]))
    error_message = "allowed_egress: a range is no CIDR block such as 203.0.113.0/24."
  }

  validation {
    condition     = !anytrue(flatten([for e in var.allowed_egress : [for range in e.ranges : endswith(range, "/0")]]))
    error_message = "allowed_egress: a range has all addresses, and an exception must not allow everything; name those that are needed."
  }

  validation {
    condition     = alltrue([for e in var.allowed_egress : length(e.ports) > 0 && alltrue([for port in e.ports : port >= 1 && port <= 65535])])
    error_message = "allowed_egress: at least one port each, 1 to 65535."
  }
}

variable "cidr" {
  description = "Addresses of the network: the lower half is the subnet's."
  type        = string

  validation {
    condition     = can(cidrhost(var.cidr, 0)) && try(tonumber(split("/", var.cidr)[1]) >= 16 && tonumber(split("/", var.cidr)[1]) <= 24, false)
    error_message = "cidr is '${var.cidr}'; a /16 to a /24: half of it must be a /26 at least, or Cloud Run has too few addresses."
  }
}

variable "flow_log_sampling" {
  description = "Share of the flows that are logged, with refused connections and DNS questions; 0 logs none."
  type        = number
  default     = 0

  validation {
    condition     = var.flow_log_sampling >= 0 && var.flow_log_sampling <= 1
    error_message = "flow_log_sampling is ${var.flow_log_sampling}; 0 to 1."
  }
}

variable "nat" {
  description = "Give it a way out to the internet: a default route and Cloud NAT."
  type        = bool
  default     = false
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
  description = "Region of the subnet."
  type        = string
}
