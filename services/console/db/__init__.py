"""What the console keeps or reads on disk: the issuer's keys, the parks of the jurisdictions."""
