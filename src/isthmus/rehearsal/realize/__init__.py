"""What makes resources real on the local clouds, and the contract it keeps (`base`)."""
