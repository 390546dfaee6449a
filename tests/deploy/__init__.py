"""The launchers, the supervisor and the files that describe a deployment."""
