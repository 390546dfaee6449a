"""Tables, repositories and migrations of the pipeline service."""
