variable "deletion_window_days" {
  description = "Days between the request to destroy a key version and its end, in which it can be taken back."
  type        = number
  default     = 30

  validation {
    condition     = var.deletion_window_days >= 1 && var.deletion_window_days <= 120
    error_message = "deletion_window_days is ${var.deletion_window_days}; Cloud KMS takes 1 to 120."
  }
}

variable "domains" {
  description = "What has a key of its own: analytics (BigQuery), logs (Cloud Logging), messaging (Pub/Sub), storage (Cloud Storage)."
  type        = set(string)
  default     = ["analytics", "logs", "messaging", "storage"]

  validation {
    condition     = length(setsubtract(var.domains, ["analytics", "logs", "messaging", "storage"])) == 0
    error_message = "domains has ${join(", ", setsubtract(var.domains, ["analytics", "logs", "messaging", "storage"]))}; there are analytics, logs, messaging and storage."
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

variable "project_number" {
  description = "Project number, which service agents are named by."
  type        = string
}

variable "region" {
  description = "Region of the key ring; keys serve only resources there."
  type        = string
}

variable "rotation_days" {
  description = "Days until a new version encrypts what is written; old versions stay for what they encrypted."
  type        = number
  default     = 90

  validation {
    condition     = var.rotation_days >= 1 && var.rotation_days <= 90
    error_message = "rotation_days is ${var.rotation_days}; 1 to 90, the longest that CIS Google Cloud 1.10 accepts."
  }
}

variable "services" {
  description = "Activation of each domain's service, by its id (google_project_service): a service has an agent only once it is on. None where it is on already."
  type = object({
    analytics = optional(string)
    logs      = optional(string)
    messaging = optional(string)
    storage   = optional(string)
  })
  default = {}
}
