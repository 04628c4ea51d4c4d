"""One file per format that is let in, and the list of those that are only named."""
