variable "domain" {
  description = "Name that senders use."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", var.domain)) && length(var.domain) <= 42
    error_message = "domain is '${var.domain}'; a host name in small letters, as events.example.com, of at most 42: the certificate's name has 63."
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
