"""Django's backend for PostgreSQL, which knows without a question whether its connection still stands."""
