variable "certificate_map" {
  description = "Resource name of the certificate map."
  type        = string
}

variable "domain" {
  description = "Name that senders use."
  type        = string
}

variable "log_sampling" {
  description = "Share of the requests that are logged; 1 for all."
  type        = number
  default     = 1

  validation {
    condition     = var.log_sampling >= 0 && var.log_sampling <= 1
    error_message = "log_sampling is ${var.log_sampling}; 0 to 1."
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

variable "rate_per_minute" {
  description = "Requests a minute from one address, before it gets 429."
  type        = number
  default     = 6000

  validation {
    condition     = var.rate_per_minute >= 60 && var.rate_per_minute <= 1000000
    error_message = "rate_per_minute is ${var.rate_per_minute}; 60 to 1000000."
  }
}

variable "region" {
  description = "Region of the service."
  type        = string
}

variable "service" {
  description = "Name of the service that answers."
  type        = string
}
