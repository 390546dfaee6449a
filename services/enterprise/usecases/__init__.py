"""What can be done with enterprises: one verb a file; the caller holds the transaction."""
