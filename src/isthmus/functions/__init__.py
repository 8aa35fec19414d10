"""What is deployed: Lambda entry points in aws/, one ASGI app for Cloud Run in gcp/. Thin: parse, call core, answer."""
