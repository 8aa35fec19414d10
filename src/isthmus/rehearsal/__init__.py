"""Terraform on the laptop: the provider stand-in for `hashicorp/aws` and `hashicorp/google`, and the runner."""
