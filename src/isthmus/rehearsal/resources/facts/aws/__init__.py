"""Facts of AWS resource types."""
