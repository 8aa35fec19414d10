"""Cloud KMS: key rings, keys, versions, and encryption that stops when a version is disabled or destroyed."""
