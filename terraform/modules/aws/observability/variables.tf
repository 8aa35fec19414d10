variable "api_id" {
  description = "Id of the API in front of ingest."
  type        = string
}

variable "emails" {
  description = "Who is told by e-mail."
  type        = set(string)
  default     = []
}

variable "evaluation_periods" {
  description = "Minutes in a row that something is too much before anybody is told."
  type        = number
  default     = 2

  validation {
    condition     = var.evaluation_periods >= 1 && var.evaluation_periods <= 60
    error_message = "evaluation_periods is ${var.evaluation_periods}; 1 to 60."
  }
}

variable "functions" {
  description = "Roles of the functions: archive, bridge, ingest."
  type        = set(string)
}

variable "key" {
  description = "ARN of the KMS key that encrypts what waits for delivery; its policy names CloudWatch."
  type        = string
}

variable "latency_ms" {
  description = "Milliseconds that one request of a hundred may take."
  type        = number
  default     = 2000

  validation {
    condition     = var.latency_ms > 0 && var.latency_ms <= 30000
    error_message = "latency_ms is ${var.latency_ms}; up to 30000, when API Gateway gives up."
  }
}

variable "prefix" {
  description = "Start of every name."
  type        = string
}

variable "queues" {
  description = "Queues to watch, by consumer: their name, that of their dead letters, and how long a message may wait."
  type = map(object({
    dead_letter     = string
    max_age_seconds = number
    name            = string
  }))
}
