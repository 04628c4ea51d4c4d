"""What the network that trains (`torch_network.py`) and the one that ships (`network.py`) have in common."""

WIDTHS = (16, 48, 80, 128, 128)
"""Channels where the photo is reduced by 2, 4, 8, 16 and 32."""

SEAMS = 32
"""Channels in which seams between panels are sought."""

LIKELIEST = (3, 10, 40, 125)
"""So many of the likeliest cells of 8 pixels: from a short word's to a watermark's over the whole picture."""

SURE = 12.0
"""Logits are cut off at this: what is surer says no more."""
