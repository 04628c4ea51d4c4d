"""From the bytes of a picture file to pixels, and from pixels to better pixels, boxes and colour names."""

import os

# OpenCV reads this once, when it is loaded, so it has to stand before any `import cv2` of this room. The decoder
# refuses by the header long before; this is the second wall.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", "100000000")
