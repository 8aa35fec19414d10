"""Facts of Google resource types."""
