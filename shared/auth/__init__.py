"""Who is asking: access tokens verified against the issuer's keys, and claims turned into a principal with a scope."""
