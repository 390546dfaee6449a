"""The benchmarks run, in a size too small to say anything about speed."""
