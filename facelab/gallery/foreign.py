"""Foreign: files that people bring as photos and that facelab does not read, by their first bytes.

OpenCV could read some of them, by libraries that are large and see few whole files: they stay out.
"""

from __future__ import annotations

import re

CONVERT = "convert it to JPEG or PNG"

_HEIC = (
    "a HEIC picture",
    f"{CONVERT} (an iPhone takes JPEG if Settings > Camera > Formats is Most Compatible)",
)
_RAW = ("a raw picture", f"{CONVERT} with the camera's program")
_FILM = ("a film", "take pictures out of it")
_OLD = ("a picture of an older kind", CONVERT)

_BRANDS = {
    b"heic": _HEIC, b"heix": _HEIC, b"heim": _HEIC, b"heis": _HEIC, b"hevc": _HEIC,
    b"hevx": _HEIC, b"mif1": _HEIC, b"msf1": _HEIC, b"mif2": _HEIC,
    b"avif": ("an AVIF picture", CONVERT), b"avis": ("an AVIF picture", CONVERT),
    b"crx ": _RAW,
}  # fmt: skip
"""What the brand of an ISO media file means; others are films."""

_BEGINNINGS = {
    rb"GIF8": ("a GIF picture", CONVERT),
    rb"II[*+]\x00|MM\x00[*+]": ("a TIFF or raw picture", CONVERT),
    rb"P[36]\s": ("a PPM picture", CONVERT),
    rb"P[14]\s": ("a PBM picture", CONVERT),
    rb"P7\s": ("a PAM picture", CONVERT),
    rb"P[Ff]\s": ("a PFM picture", CONVERT),
    rb"#\?R": ("an HDR picture", CONVERT),
    rb"\xff\x0a|\x00\x00\x00\x0cJXL ": ("a JPEG XL picture", CONVERT),
    rb"\x00\x00\x00\x0cjP  |\xff\x4f\xff\x51": ("a JPEG 2000 picture", CONVERT),
    rb"\x59\xa6\x6a\x95|\x0a[\x00\x02-\x05]\x01": _OLD,
    rb"8BPS": ("a Photoshop picture", f"export it as JPEG or PNG; {CONVERT}"),
    rb"%PDF": ("a PDF document", "take the picture out of it"),
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<svg": ("an SVG drawing", CONVERT),
    rb"(?:\xef\xbb\xbf)?\s*<(?i:!doctype html|html|head)": (
        "a web page", "download the picture that it shows",
    ),
    rb"PK\x03\x04": ("a ZIP archive", "unpack it"),
    rb"Rar!|7z\xbc\xaf|\x1f\x8b|BZh|\xfd7zXZ": ("an archive", "unpack it"),
    rb"RIFF....AVI |\x1aE\xdf\xa3|\x00\x00\x01[\xb3\xba]|FLV\x01|\x30\x26\xb2\x75": _FILM,
    rb"version https://git-lfs": (
        "a Git LFS pointer", "get the picture itself with `git lfs pull`",
    ),
    rb"\x00\x05\x16\x07": ("a Mac's note beside a file", "take it away"),
}  # fmt: skip
"""How files of a kind begin."""

_KINDS = [(re.compile(start, re.DOTALL), found) for start, found in _BEGINNINGS.items()]


def foreign(content: bytes) -> tuple[str, str] | None:
    """Return what a file is that facelab does not read, and what to do; None if that is unknown."""
    head = content[:512]
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], _FILM)
    if head[4:8] in (b"moov", b"mdat", b"wide"):
        return _FILM
    return next((found for start, found in _KINDS if start.match(head)), None)
