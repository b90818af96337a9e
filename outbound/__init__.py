"""What goes out to the internet, by one guarded client, and what foreign bytes may do."""
