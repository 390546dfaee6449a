"""Accounts and attempts to sign in, as plain values."""
