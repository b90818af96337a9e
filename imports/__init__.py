"""Sources that are read at intervals, and the inbox of what they bring."""
