"""Data series, their observations and vintages."""
