"""The ports on Google Cloud: Pub/Sub for the broker, Cloud Storage for the bucket."""
