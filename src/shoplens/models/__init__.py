"""Networks: built, trained, measured, shipped. The only room that knows Keras."""
