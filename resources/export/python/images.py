"""How an image becomes the square that the network was trained on. Needs numpy and pillow."""

import numpy as np
from PIL import Image, ImageOps


def as_rgb(image: Image.Image) -> Image.Image:
    """Turned as its EXIF orientation says; what is transparent is black."""
    image = ImageOps.exif_transpose(image).convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", image.size, "black"), image).convert("RGB")


def as_square(image: Image.Image, rule: str) -> Image.Image:
    """squish: as it is; crop: the largest centred square; pad: centred in a square, reflected about its edges."""
    width, height = image.size
    if rule == "crop":
        side = min(width, height)
        left, top = (width - side) // 2, (height - side) // 2
        return image.crop((left, top, left + side, top + side))
    if rule == "pad":
        side = max(width, height)
        left, top = (side - width) // 2, (side - height) // 2
        margins = ((top, side - height - top), (left, side - width - left), (0, 0))
        return Image.fromarray(np.pad(np.asarray(image), margins, mode="reflect"))
    return image
