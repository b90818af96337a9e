"""Measured claims, each beside a peer on the same server and in the same run."""
