"""What goes out to the internet, and what foreign bytes may do."""
