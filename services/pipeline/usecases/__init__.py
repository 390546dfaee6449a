"""What can be done with pools, specialists and boards: one verb a file; the caller holds the transaction."""
