"""How far an enterprise is from a recognition: conditions, score range and gaps, by dated and cited rules."""
