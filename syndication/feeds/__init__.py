"""Feeds: what is new, and what became of what was, in the forms that feed readers know."""
