"""Facts of the provider time."""
