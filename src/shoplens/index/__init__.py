"""Vectors to their nearest."""
