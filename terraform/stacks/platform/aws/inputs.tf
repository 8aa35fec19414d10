# What only this cloud takes. The build knows both, not the environment.

variable "architecture" {
  description = "Processor that the packages were built for."
  type        = string
  default     = "arm64"

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture is '${var.architecture}'; Lambda has arm64 and x86_64."
  }
}

variable "package_dir" {
  description = "Directory that holds alert.zip, archive.zip, bridge.zip, compact.zip, ingest.zip and ledger.zip; from here, or absolute."
  type        = string
  default     = "../../../../build/lambda"
}
