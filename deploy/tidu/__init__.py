"""The command-line client `tidu`: what a caseworker does all day, from a terminal, over the services' HTTP APIs.

Owns nothing but the token of who is signed in. Never decides anything: every rule is the services'.
"""
