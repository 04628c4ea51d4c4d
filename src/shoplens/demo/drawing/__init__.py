"""How the demonstration shop's products are drawn: vector outlines, inflated and lit like objects in a studio."""
