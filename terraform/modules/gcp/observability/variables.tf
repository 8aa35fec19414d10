variable "bridge_lag_seconds" {
  description = "Seconds that a frame may take from the other cloud, from when it was accepted there."
  type        = number
  default     = 900

  validation {
    condition     = var.bridge_lag_seconds >= 60
    error_message = "bridge_lag_seconds is ${var.bridge_lag_seconds}; 60 at least, or every retry is an alarm."
  }
}

variable "emails" {
  description = "Who is told by e-mail."
  type        = set(string)
  default     = []
}

variable "functions" {
  description = "Functions to watch: the time-out of each in seconds, by role."
  type        = map(number)
}

variable "key" {
  description = "Resource name of the KMS key that encrypts the topic."
  type        = string
}

variable "latency_ms" {
  description = "Milliseconds that one request of a hundred may take."
  type        = number
  default     = 2000

  validation {
    condition     = var.latency_ms > 0 && var.latency_ms <= 30000
    error_message = "latency_ms is ${var.latency_ms}; up to 30000."
  }
}

variable "ledger" {
  description = "Whether the ledger runs, whose figures are then on the dashboard."
  type        = bool
  default     = false
}

variable "objectives" {
  description = "What is promised, and when its error budget burns too fast: the content of terraform/slo.yaml, with the alerts that are wanted."
  type = object({
    alerts = map(object({
      burn_rate     = number
      long_minutes  = number
      severity      = string
      short_minutes = number
    }))
    slos = map(object({
      minutes   = optional(object({ above = number, metric = string }))
      objective = number
      requests  = optional(object({ part = string }))
      runbook   = string
      says      = string
    }))
  })
  default = { alerts = {}, slos = {} }

  validation {
    condition     = alltrue([for slo in var.objectives.slos : (slo.minutes == null) != (slo.requests == null)])
    error_message = "objectives: each of slos is a share of requests or of minutes."
  }

  validation {
    condition = alltrue([
      for slo in var.objectives.slos : contains(["isthmus.queue.dead_letters", "isthmus.queue.oldest_age"], slo.minutes.metric) if slo.minutes != null
    ])
    error_message = "objectives: minutes.metric is isthmus.queue.dead_letters or isthmus.queue.oldest_age."
  }

  validation {
    condition     = alltrue([for slo in var.objectives.slos : slo.objective > 0 && slo.objective < 1])
    error_message = "objectives: an objective is more than 0 and less than 1."
  }

  validation {
    condition     = alltrue([for alert in var.objectives.alerts : alert.short_minutes >= 1 && alert.short_minutes < alert.long_minutes && alert.long_minutes <= 1440])
    error_message = "objectives: short_minutes is less than long_minutes, and that is a day at most."
  }

  validation {
    condition     = alltrue([for alert in var.objectives.alerts : contains(["page", "ticket"], alert.severity)])
    error_message = "objectives: severity is page or ticket."
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

variable "queues" {
  description = "Subscriptions to watch, by consumer: their name, that of their dead letters, and how long a message may wait."
  type = map(object({
    dead_letter     = string
    max_age_seconds = number
    name            = string
  }))
}

variable "region" {
  description = "The only region that alarms may rest in."
  type        = string
}

variable "replicated_bucket" {
  description = "Name of the bucket that Storage Transfer fills; null without replication."
  type        = string
  default     = null
}

variable "window_minutes" {
  description = "Minutes in a row that something is too much before anybody is told."
  type        = number
  default     = 2

  validation {
    condition     = var.window_minutes >= 1 && var.window_minutes <= 60
    error_message = "window_minutes is ${var.window_minutes}; 1 to 60."
  }
}
