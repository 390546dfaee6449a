"""The whole system on one machine, from installed wheels: servers, services and the supervisor that watches them."""
