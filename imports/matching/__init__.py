"""Whether two texts tell of one event, and whom and what a text names. For people to decide: nothing is merged here."""
