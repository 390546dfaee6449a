"""What all services agree on: identities, money, dates, events, storage and the edges."""
