"""Between Terraform's values and plain Python ones."""
