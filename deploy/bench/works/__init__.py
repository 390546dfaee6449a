"""One file a work: what is measured, beside which limit."""
