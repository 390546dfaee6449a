"""Pure rules of cultivation: pools and doors, stays, specialists, and the board's arithmetic. No I/O on the way."""
