"""Facts of the provider null."""
