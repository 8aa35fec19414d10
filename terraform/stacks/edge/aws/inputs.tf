# What only this cloud takes. The build knows it, not the environment.

variable "package_dir" {
  description = "Directory that holds canary.zip; from here, or absolute."
  type        = string
  default     = "../../../../build/lambda"
}
