# What only this cloud takes. The build knows it, not the environment.

variable "image" {
  description = "Container image of the services, best by digest; null for the project's own, tagged with the environment."
  type        = string
  default     = null
}
