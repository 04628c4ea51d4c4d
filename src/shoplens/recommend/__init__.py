"""What goes beside a product, into a basket, or before a visitor."""
