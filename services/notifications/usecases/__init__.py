"""What the service does, one verb a file. Nothing here opens or ends a transaction."""
