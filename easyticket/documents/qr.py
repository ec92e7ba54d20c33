"""QR codes as SVG: black on white with the full quiet zone in every theme, because scanners read nothing else well."""

from __future__ import annotations

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.svg import SvgPathFillImage

# Modules of white around the code that ISO/IEC 18004 asks for.
QUIET_ZONE = 4


def render_qr_svg(content: str) -> str:
    """Return an SVG of the QR code of `content` (error correction M); it has a viewBox, so it takes any size."""
    code = qrcode.QRCode(
        error_correction=ERROR_CORRECT_M, border=QUIET_ZONE, box_size=10, image_factory=SvgPathFillImage
    )
    code.add_data(content)
    code.make(fit=True)
    image: str = code.make_image().to_string(encoding="unicode")
    return image
