variable "force_destroy" {
  description = "Delete what it holds when it is destroyed; else a bucket that holds something stays."
  type        = bool
  default     = false
}

variable "key" {
  description = "ARN of the KMS key that encrypts the objects; null for S3's own, where who writes can use no other."
  type        = string
}

variable "name" {
  description = "What it is for; with prefix, account and region it makes the bucket's name, which must be the only one in the world."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{1,12}$", var.name))
    error_message = "name is '${var.name}'; 1 to 12 small letters, so that a bucket's 63 are enough."
  }
}

variable "own_key_only" {
  description = "Refuse objects that ask for another key or another encryption. What asks for none gets the key."
  type        = bool
  default     = false
}

variable "policies" {
  description = "Policy documents (JSON) with what else the bucket allows."
  type        = list(string)
  default     = []
}

variable "prefix" {
  description = "Start of every name."
  type        = string
}

variable "versioned" {
  description = "Keep what is replaced or deleted, until the caller's rules end it."
  type        = bool
  default     = false
}
