"""The main job on the running system, step by step, as its users would do it: through the public APIs alone."""
