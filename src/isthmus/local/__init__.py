"""The laptop: both clouds as local processes, the fault proxies between them, and what starts and stops them."""
