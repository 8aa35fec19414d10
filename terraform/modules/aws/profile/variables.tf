variable "cost_profile" {
  description = "minimal, balanced or resilient."
  type        = string

  validation {
    condition     = contains(["balanced", "minimal", "resilient"], var.cost_profile)
    error_message = "cost_profile is '${var.cost_profile}'; there are minimal, balanced and resilient."
  }
}

variable "features" {
  description = "Flags that an environment sets against its profile."
  type        = map(bool)
  default     = {}
}
