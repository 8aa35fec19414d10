"""Events, frames, keys, routing and ledger arithmetic: no cloud, no I/O, no SDK."""
