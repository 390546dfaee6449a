"""What the launchers say when they cannot go on."""


class LaunchError(Exception):
    """A sentence for the person at the terminal: what failed and what to do about it."""
