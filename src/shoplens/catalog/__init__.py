"""The catalogue: products, photos, embeddings, labels and findings; the only truth of a shop."""
