"""The HTTP edge of the awards service."""
