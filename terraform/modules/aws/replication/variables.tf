variable "alarm_topic" {
  description = "ARN of the topic that is told of a gap."
  type        = string
}

variable "boundary" {
  description = "ARN of the permissions boundary of its roles."
  type        = string
}

variable "bucket_arn" {
  description = "ARN of the archive's bucket."
  type        = string
}

variable "datasync" {
  description = "Copy from Cloud Storage too: the ARN of the source location, made by hand with its HMAC key, and how often; null for not."
  type        = object({ schedule = string, source_location = string })
  default     = null

  validation {
    condition     = var.datasync == null ? true : can(regex("^arn:[a-z-]+:datasync:[a-z0-9-]+:[0-9]{12}:location/loc-[0-9a-f]+$", var.datasync.source_location))
    error_message = "datasync: source_location is no ARN of a location of DataSync."
  }

  validation {
    condition     = var.datasync == null ? true : can(regex("^(rate|cron)\\(.+\\)$", var.datasync.schedule))
    error_message = "datasync: schedule is a rate or a cron expression, as rate(1 day)."
  }
}

variable "key" {
  description = "ARN of the KMS key of the archive."
  type        = string
}

variable "log_key" {
  description = "ARN of the KMS key that encrypts the logs."
  type        = string
}

variable "log_retention_days" {
  description = "Days that logs are kept."
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

variable "transfer_subject" {
  description = "Unique id of Google's Storage Transfer agent of the project; null before it is known."
  type        = string
  default     = null

  validation {
    condition     = var.transfer_subject == null ? true : can(regex("^[0-9]{15,25}$", var.transfer_subject))
    error_message = "transfer_subject is no unique id of a service account: 15 to 25 digits."
  }
}
