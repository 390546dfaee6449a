"""Tables, repositories and migrations of the awards service."""
