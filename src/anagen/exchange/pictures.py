"""A photograph of a code: the codes in it, read and forgotten. No file is written."""

from __future__ import annotations

import io
from enum import StrEnum
from typing import Final

import zxingcpp
from PIL import Image, UnidentifiedImageError

MOST_BYTES: Final = 16 * 1024 * 1024
MOST_PIXELS: Final = 64_000_000  # a telephone's largest photograph is about 50 million
_FORMATS: Final = ("JPEG", "PNG", "WEBP")
_SIDE: Final = 2400  # pixels: more of them only take longer


class Unusable(StrEnum):
    """Why a picture cannot be used."""

    TOO_LARGE = "too large"
    TOO_MANY_POINTS = "too many points"
    NO_PICTURE = "no picture"


class UnreadablePicture(ValueError):
    """The picture cannot be used: ``kind`` for those who have words of their own, the text for all others."""

    def __init__(self, kind: Unusable, words: str) -> None:
        super().__init__(words)
        self.kind = kind


def read_image(data: bytes) -> list[str]:
    """Every code in a JPEG, PNG or WebP picture, as a scanner would type it, symbology prefix first (``]d2``).

    Empty when there is none. Size and number of pixels are looked at before anything is unpacked. UnreadablePicture
    when the file is too large, no such picture, or broken.
    """
    if len(data) > MOST_BYTES:
        raise UnreadablePicture(
            Unusable.TOO_LARGE,
            f"The picture is larger than {MOST_BYTES // 2**20} MB. Take it with less detail.",
        )
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise UnreadablePicture(
                    Unusable.TOO_MANY_POINTS,
                    f"The picture has more than {MOST_PIXELS // 10**6} million points.",
                )
            picture.draft("L", (_SIDE, _SIDE))  # a JPEG is unpacked no larger than needed
            grey = picture.convert("L")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise UnreadablePicture(
            Unusable.TOO_MANY_POINTS, f"The picture has more than {MOST_PIXELS // 10**6} million points."
        ) from bomb
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as broken:
        if isinstance(broken, UnreadablePicture):
            raise
        raise UnreadablePicture(
            Unusable.NO_PICTURE, "This is no picture in JPEG, PNG or WebP, or it is broken."
        ) from broken
    grey.thumbnail((_SIDE, _SIDE))
    found = zxingcpp.read_barcodes(grey, text_mode=zxingcpp.TextMode.Plain)
    return list(dict.fromkeys(map(_typed, found)))


def _typed(code: zxingcpp.Barcode) -> str:
    """As a scanner that loses nothing: a GS1 code begins with a separator, so that none can be missing in it."""
    begin = "\x1d" if code.content_type is zxingcpp.ContentType.GS1 else ""
    return f"{code.symbology_identifier}{begin}{code.text}"
