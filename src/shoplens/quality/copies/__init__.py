"""Copies of a picture: found again when they were saved anew, resized, cropped, flipped or recoloured."""
