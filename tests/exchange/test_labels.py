"""Codes of our own syringes: read back as they were made, and never taken for another."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image

from anagen.exchange.labels import NotALabel, drawing, looks_like_code, new_code, read_code, spoken
from anagen.exchange.pictures import read_image


def test_codes_are_made_and_read_back() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(read_code(code) == code and len(code) == 13 for code in codes)


def test_however_it_is_typed() -> None:
    code = new_code()
    for typed in (code.lower(), spoken(code), f"]d1{code}\r\n", spoken(code).replace(" ", "-")):
        assert read_code(typed) == code


def test_letters_that_look_alike_are_the_same() -> None:
    code = next(code for code in iter(new_code, "") if {"1", "0", "5", "V"} <= set(code))
    assert (
        read_code("SY" + code[2:].replace("1", "I").replace("0", "O").replace("5", "S").replace("V", "U"))
        == code
    )


def test_every_wrong_character_and_every_swap_is_noticed() -> None:
    chance = random.Random(7)
    for _ in range(20):
        code = new_code()
        for place in range(2, len(code)):
            for letter in "0123456789ABCDEFGHJKMNPQRTVWXYZ":
                if letter != code[place]:
                    with pytest.raises(NotALabel, match="Scan it again"):
                        read_code(code[:place] + letter + code[place + 1 :])
        one, other = sorted(chance.sample(range(2, len(code)), 2))
        if code[one] != code[other]:
            swapped = list(code)
            swapped[one], swapped[other] = swapped[other], swapped[one]
            with pytest.raises(NotALabel):
                read_code("".join(swapped))


@pytest.mark.parametrize("text", ["", "SY", "hello", "4012345678901", "SY7K2QM9XB4T*", "XX7K2QM9XB4TD"])
def test_something_else_is_no_label(text: str) -> None:
    assert not looks_like_code(text)
    with pytest.raises(NotALabel, match="begins with SY"):
        read_code(text)


def test_a_scanner_reads_what_is_drawn() -> None:
    code = new_code()
    svg = drawing(code, label='Code of "this" <syringe>')
    assert 'aria-label="Code of &quot;this&quot; &lt;syringe>"' in svg
    assert 'aria-hidden="true"' in drawing(code)
    assert 'viewBox="0 0 18 18"' in svg  # square: 16 modules and the margin
    assert read_code(read_image(rendered(svg))[0]) == code


def rendered(svg: str, scale: int = 6) -> bytes:
    """The modules of our drawing as a picture, without a browser."""
    side = int(svg.split('viewBox="0 0 ')[1].split()[0])
    small = Image.new("L", (side + 4, side + 4), 255)
    for module in svg.split('d="M')[-1].split('"')[0].split("M"):
        x, y = module.split("h")[0].split()
        small.putpixel((int(x) + 2, int(y) + 2), 0)
    out = io.BytesIO()
    small.resize((small.width * scale, small.height * scale), Image.Resampling.NEAREST).save(out, "PNG")
    return out.getvalue()
