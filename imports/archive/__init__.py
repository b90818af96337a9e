"""Snapshots of what published documents cite, and what became of the addresses since."""
