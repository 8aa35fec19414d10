# What only this cloud takes.

variable "image_readers" {
  description = "Numbers of the projects of other environments, whose Cloud Run runs this one's image."
  type        = set(string)
  default     = []
  nullable    = false
}
