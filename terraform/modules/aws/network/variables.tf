variable "boundary" {
  description = "ARN of the permissions boundary of its role."
  type        = string
}

variable "cidr" {
  description = "Range of the network, /16 to /22."
  type        = string

  validation {
    condition     = can(cidrnetmask(var.cidr)) ? tonumber(split("/", var.cidr)[1]) >= 16 && tonumber(split("/", var.cidr)[1]) <= 22 : false
    error_message = "cidr is '${var.cidr}'; a range of IPv4 from /16 to /22."
  }
}

variable "flow_logs" {
  description = "Log who talked to whom: under which key, and for how long; null for no logs."
  type        = object({ key = string, retention_days = number })
  default     = null
}

variable "interface_endpoints" {
  description = "Services that are reached inside the network, and bill for it."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for service in var.interface_endpoints : can(regex("^[a-z0-9.-]+$", service))])
    error_message = "interface_endpoints: ${join(", ", var.interface_endpoints)}; services are named as sqs or kms."
  }
}

variable "nat" {
  description = "Give it a way out to the internet: a NAT gateway in each zone."
  type        = bool
  default     = false
}

variable "prefix" {
  description = "Start of every name."
  type        = string
}
