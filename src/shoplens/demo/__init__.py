"""A shop of our own drawing."""
