"""What outlives the warehouse: the ledger, runs, builds and restatements."""
