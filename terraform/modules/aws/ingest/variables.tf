variable "detailed_metrics" {
  description = "Metrics a route, at the price of custom metrics."
  type        = bool
  default     = false
}

variable "function" {
  description = "The function that answers."
  type = object({
    invoke_arn = string
    name       = string
  })
}

variable "log_key" {
  description = "ARN of the KMS key that encrypts the access log."
  type        = string
}

variable "log_retention_days" {
  description = "Days that the access log is kept."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}; CloudWatch keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180 or 365 days, or for some longer times that it lists."
  }
}

variable "prefix" {
  description = "Start of every name."
  type        = string
}

variable "throttle" {
  description = "Requests a second (rate) and at once (burst), before it answers 429."
  type = object({
    burst = number
    rate  = number
  })

  validation {
    condition     = var.throttle.burst >= 1 && var.throttle.rate >= 1
    error_message = "throttle: burst and rate are at least 1; 0 would refuse everything."
  }
}
