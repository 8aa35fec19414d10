"""The Cloud Run service: one ASGI app whose role is a setting."""
