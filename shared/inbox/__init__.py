"""The inbox: each event has its effect once, in order, in the transaction that moves the partition's watermark."""
