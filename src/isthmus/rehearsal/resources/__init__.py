"""What the provider stand-in knows of each resource type: its schema, and the facts that schemas don't say."""
