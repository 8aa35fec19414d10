"""Ways to people: a Slack channel, and e-mail."""
