"""Where spans go: a file on the laptop, an OTLP collector, X-Ray or Cloud Trace."""
