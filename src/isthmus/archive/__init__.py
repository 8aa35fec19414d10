"""Reading both archives: query, ledger, repair and tail, over the buckets' port alone."""
