variable "accelerated" {
  description = "Let an accelerator bring traffic in: an internet gateway without a route."
  type        = bool
  default     = false
}

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

  validation {
    condition     = var.flow_logs == null ? true : contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.flow_logs.retention_days)
    error_message = "flow_logs: retention_days is ${try(var.flow_logs.retention_days, 0)}; CloudWatch keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180 or 365 days, or for some longer times that it lists."
  }
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
