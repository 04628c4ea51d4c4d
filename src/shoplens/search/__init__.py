"""Which products a photo shows."""
