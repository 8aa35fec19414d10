"""Fault proxies: every link between a producer, AWS and Google passes through one, and can be broken on purpose."""
