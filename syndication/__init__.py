"""A door out, for programs: what changed, for whoever wants to know."""
