variable "prefix" {
  description = "Start of every name."
  type        = string
}
