"""What one can ask of the issuer and the pages: one verb a file."""
