"""What an enterprise or a specialist has earned, decided by pure functions over plain values."""
