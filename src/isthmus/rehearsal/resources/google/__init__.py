"""What is common to the resource types of `hashicorp/google`."""
