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
