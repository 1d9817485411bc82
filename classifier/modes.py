"""Bring a picture of any of Pillow's modes to 8 bits a channel, with its transparency. Plain Python and Pillow."""

from __future__ import annotations

from PIL import Image


def is_grey(image: Image.Image) -> bool:
    """Asked before it is loaded: Pillow reads sixteen-bit grey with alpha as colours."""
    return image.mode in ("1", "L", "LA") or any(tile.args == "LA;16B" for tile in getattr(image, "tile", ()))


def eight_bits(image: Image.Image, *, is_grey: bool) -> Image.Image:
    """The image in a mode that can be averaged: L, LA, RGB, CMYK or RGBA, 8 bits a channel."""
    if image.mode == "F" or image.mode.startswith("I"):
        return _of_sixteen_bits(image)
    if image.has_transparency_data:
        mode = "LA" if is_grey else "RGBA"
    elif image.mode == "CMYK":
        return image
    else:
        mode = "L" if is_grey else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _of_sixteen_bits(image: Image.Image) -> Image.Image:
    """Grey; convert() would clip it to white instead of scaling it, and knows no transparent level."""
    see_through = image.info.get("transparency")
    if isinstance(see_through, int):
        deep = image.convert("I")
        grey = deep.point([level >> 8 for level in range(65_536)], "L")
        grey.putalpha(deep.point([0 if level == see_through else 255 for level in range(65_536)], "L"))
        return grey
    return image.point(lambda value: value * (1 / 256)).convert("L")  # point() itself leaves it at sixteen


def tell_transparency(image: Image.Image, depth: int) -> None:
    """A PNG tells its transparent colour at the depth of its pixels; Pillow has brought only the pixels to 8 bits."""
    told = image.info.get("transparency")
    if isinstance(told, int) and depth in (2, 4):
        image.info["transparency"] = told % 2**depth * 255 // (2**depth - 1)
    elif isinstance(told, tuple) and depth == 16:
        image.info["transparency"] = tuple(level >> 8 for level in told)


def on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    canvas = Image.new("RGB", image.size, "white")
    canvas.paste(image, mask=image.getchannel("A"))
    return canvas
