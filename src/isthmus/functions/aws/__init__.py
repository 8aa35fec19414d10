"""Lambda entry points, one module a function."""
