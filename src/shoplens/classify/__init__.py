"""What a photo shows."""
