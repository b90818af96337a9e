"""Invented publications on loopback, so that a local run has sources to import without the internet."""
