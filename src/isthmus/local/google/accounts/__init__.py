"""Service accounts, their keys and their tokens: what signs URLs and, with `--auth`, who calls."""
