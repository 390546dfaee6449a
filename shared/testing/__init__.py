"""What tests of all services share: tokens of every role, and servers to run against. Never imported by a service."""
