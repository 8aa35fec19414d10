"""What the clouds' own published models say of the attributes of Terraform's types."""
