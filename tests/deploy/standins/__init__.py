"""Two tiny services that stand where real ones would, so that the supervisor can be tried alone."""
