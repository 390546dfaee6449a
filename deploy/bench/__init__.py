"""The benchmarks: each work measured beside its bare limit in the same run, interleaved, medians of several rounds."""
