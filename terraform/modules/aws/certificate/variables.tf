variable "domain" {
  description = "Name that senders use."
  type        = string
}

variable "prefix" {
  description = "Start of every name."
  type        = string
}

variable "zone" {
  description = "Id of the zone that proves it."
  type        = string
}
