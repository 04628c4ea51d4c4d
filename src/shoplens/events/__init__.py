"""The shopper events that shops already send, and their store."""
