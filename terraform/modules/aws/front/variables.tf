variable "alarm_topic" {
  description = "ARN of the topic that is told."
  type        = string
}

variable "certificate" {
  description = "ARN of the certificate for the name that senders use."
  type        = string
}

variable "deletion_protection" {
  description = "Refuse to destroy the load balancer, and its log while it holds something."
  type        = bool
  default     = true
}

variable "function" {
  description = "The function that answers."
  type        = object({ arn = string, name = string })
}

variable "log_retention_days" {
  description = "Days that the access log is kept."
  type        = number
  default     = 30

  validation {
    condition     = var.log_retention_days >= 1 && var.log_retention_days <= 3650
    error_message = "log_retention_days is ${var.log_retention_days}; 1 to 3650."
  }
}

variable "network" {
  description = "Id of the VPC; it has an internet gateway, which the accelerator asks for, and needs no route to it."
  type        = string
}

variable "prefix" {
  description = "Start of every name."
  type        = string
}

variable "rate_per_minute" {
  description = "Requests a minute that one address may send before it is answered with 429."
  type        = number

  validation {
    condition     = var.rate_per_minute >= 10 && var.rate_per_minute <= 2000000000
    error_message = "rate_per_minute is ${var.rate_per_minute}; the firewall counts 10 to 2,000,000,000."
  }
}

variable "subnets" {
  description = "Ids of private subnets, in two zones or more."
  type        = list(string)

  validation {
    condition     = length(var.subnets) >= 2
    error_message = "subnets has ${length(var.subnets)}; a load balancer stands in two zones or more."
  }
}
