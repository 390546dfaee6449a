"""Images and the jobs of docker compose."""
