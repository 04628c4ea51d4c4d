"""A merchant's files and addresses to rows of the catalogue."""
