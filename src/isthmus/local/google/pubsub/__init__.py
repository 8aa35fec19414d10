"""Pub/Sub: topics, subscriptions, filters, deadlines, dead letters, backoff, ordering, push."""
