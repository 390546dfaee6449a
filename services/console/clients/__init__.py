"""Questions to the other services over HTTP."""
