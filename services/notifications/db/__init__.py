"""Rows and SQL of the notifications service."""
