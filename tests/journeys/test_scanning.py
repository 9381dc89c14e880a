"""A scanner types, a hand types, a camera looks: the same field takes them all."""

from __future__ import annotations

import io
from typing import Final

import zxingcpp
from PIL import Image
from playwright.sync_api import expect
from tests.journeys.conftest import Arrive

FIRST: Final = ("010401234567890117270300", "10AB12")
CAMERA: Final = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["data_matrix", "ean_13"]; }
  async detect() { return [{ rawValue: "0104012345678901\\u001d10CAM7" }]; }
};
navigator.mediaDevices.getUserMedia = async () => document.createElement("canvas").captureStream();
HTMLMediaElement.prototype.play = async () => {};
"""


def photograph(*contents: str) -> bytes:
    paper = Image.new("RGB", (2600, 700), (238, 236, 230))
    for place, content in enumerate(contents):
        code = zxingcpp.create_barcode(content, zxingcpp.DataMatrix, gs1=True)
        drawn = memoryview(code.to_image(scale=12))  # type: ignore[arg-type]
        image = Image.frombytes("L", (drawn.shape[1], drawn.shape[0]), drawn.tobytes())  # type: ignore[index]
        paper.paste(image, (200 + 900 * place, 150))
    out = io.BytesIO()
    paper.save(out, "JPEG")
    return out.getvalue()


def test_a_pack_is_scanned_typed_and_photographed(arrive: Arrive) -> None:
    admin = arrive("admin")
    admin.goes_to("/style", "Style")
    field = admin.main.get_by_label("Code of the pack").first
    status = admin.main.locator("scan-field").first.get_by_role("status")
    admin.page.evaluate("document.addEventListener('scan', e => { window.scanned = e.detail.text })")

    # the scanner: characters, Ctrl+] for the separator, Enter at the end; the page stays
    field.focus()
    for part in FIRST:
        admin.page.keyboard.type(part)
    admin.page.keyboard.press("Control+BracketRight")
    admin.page.keyboard.type("21XYZ")
    admin.page.keyboard.press("Enter")
    expect(field).to_have_value("".join(FIRST) + "␝21XYZ")
    expect(status).to_have_text("Read.")
    assert admin.page.evaluate("window.scanned") == "".join(FIRST) + "␝21XYZ"
    assert admin.page.url.endswith("/style")

    # the next scan takes the place of the last one
    admin.page.keyboard.type("4012345678901")
    admin.page.keyboard.press("Enter")
    expect(field).to_have_value("4012345678901")

    # pasted, with the separator as it is
    field.fill("0104012345678901\x1d10P")
    expect(field).to_have_value("0104012345678901␝10P")

    # a photograph with one code, with two, with none, and a file that is no picture
    def sends(name: str, data: bytes) -> None:
        with admin.page.expect_file_chooser() as chooser:
            admin.main.get_by_role("button", name="Take a photo").first.click()
        chooser.value.set_files({"name": name, "mimeType": "image/jpeg", "buffer": data})

    sends("pack.jpg", photograph("(01)04012345678901(10)AB12(21)X"))
    expect(field).to_have_value("]d2␝010401234567890110AB12␝21X")
    sends("packs.jpg", photograph("(01)04012345678901(10)ONE", "(01)04012345678901(10)TWO"))
    expect(status).to_contain_text("several codes")
    admin.main.get_by_role("button", name="10TWO").click()
    expect(field).to_have_value("]d2␝010401234567890110TWO")
    sends("paper.jpg", photograph())
    expect(status).to_contain_text("no code in this picture")
    sends("letter.jpg", b"hello")
    expect(status).to_contain_text("no picture")
    expect(field).to_have_value("]d2␝010401234567890110TWO")
    admin.looks(anew=True)


def test_where_the_browser_reads_codes_itself_the_camera_is_used(arrive: Arrive) -> None:
    admin = arrive("admin")
    admin.page.add_init_script(CAMERA)
    admin.goes_to("/style", "Style")
    admin.main.get_by_role("button", name="Use the camera").first.click()
    expect(admin.main.get_by_label("Code of the pack").first).to_have_value("0104012345678901␝10CAM7")
    expect(admin.main.get_by_role("button", name="Use the camera").first).to_be_visible()
    expect(admin.main.get_by_role("button", name="Take a photo")).to_have_count(0)
