"""The quota ledger: every request is reserved here before it is sent, and settled here whatever becomes of it."""
