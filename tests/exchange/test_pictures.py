"""A photograph of a code is read like a scan; what is too large, broken or no picture is refused."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import date

import pytest
import zxingcpp
from PIL import Image

from anagen.exchange.gs1 import read_scan
from anagen.exchange.pictures import MOST_BYTES, UnreadablePicture, read_image

PRINTED = "(01)04012345678901(17)270300(10)AB12(21)XYZ"


def picture(
    kind: str = "PNG", turned: int = 0, format: zxingcpp.BarcodeFormat = zxingcpp.DataMatrix
) -> bytes:
    content, more = (PRINTED, {"gs1": True}) if format is zxingcpp.DataMatrix else ("4012345678901", {})
    drawn = memoryview(zxingcpp.create_barcode(content, format, **more).to_image(scale=5))  # type: ignore[arg-type]
    image = Image.frombytes("L", (drawn.shape[1], drawn.shape[0]), drawn.tobytes())  # type: ignore[index]
    paper = Image.new("RGB", (800, 500), (240, 236, 228))
    paper.paste(image, (120, 90))
    out = io.BytesIO()
    paper.rotate(turned, expand=True, fillcolor=(240, 236, 228)).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(("kind", "turned"), [("PNG", 0), ("JPEG", 15), ("WEBP", 90)])
def test_a_photograph_is_read_like_a_scan(kind: str, turned: int) -> None:
    (typed,) = read_image(picture(kind, turned))
    assert typed.startswith("]d2\x1d01")
    found = read_scan(typed, on=date(2026, 11, 21))
    assert (found.lot, found.expiry, found.serial) == ("AB12", date(2027, 3, 31), "XYZ")


def test_bars_are_read_as_well() -> None:
    assert read_image(picture(format=zxingcpp.EAN13)) == ["]E04012345678901"]


def test_a_picture_without_a_code_is_empty() -> None:
    out = io.BytesIO()
    Image.new("RGB", (50, 50), "white").save(out, "PNG")
    assert read_image(out.getvalue()) == []


def header(width: int, height: int) -> bytes:
    """A PNG that claims to be so large, in fifty bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    size = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + size + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [9_000, 12_000, 60_000])
def test_a_bomb_is_refused_before_it_is_unpacked(side: int) -> None:
    with pytest.raises(UnreadablePicture, match="million points"):
        read_image(header(side, side))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a" + b"\0" * 50,
        header(40, 40),
        picture("JPEG")[:300],
    ],
)
def test_no_picture_or_a_broken_one(data: bytes) -> None:
    with pytest.raises(UnreadablePicture, match="no picture"):
        read_image(data)


def test_a_file_that_is_too_large() -> None:
    with pytest.raises(UnreadablePicture, match="larger than 16 MB"):
        read_image(b"\0" * (MOST_BYTES + 1))
