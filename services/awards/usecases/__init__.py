"""What can be done about awards: one verb a file; the caller holds the transaction."""
