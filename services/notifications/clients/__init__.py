"""Servers of others that this service talks to: mail."""
