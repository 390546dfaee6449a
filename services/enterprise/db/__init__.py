"""Tables, repositories and migrations of the enterprise service."""
