"""The inspector: what is wrong with a shop's photos and products, with the measurement that proves it."""
