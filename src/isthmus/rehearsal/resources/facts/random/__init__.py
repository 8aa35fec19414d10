"""Facts of the provider random."""
