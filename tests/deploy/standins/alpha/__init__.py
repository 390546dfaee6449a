"""A stand-in service."""
