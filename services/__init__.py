"""Tidu's services: each owns its data and speaks to the others by events only."""
