"""Product defects: what is normal of one product line, learned from good samples, and where a photo departs from it."""
