"""Pictures that are uploaded: known by their content, rebuilt from what draws, anything else refused."""

import base64
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.images import LARGEST_FILE, TALLEST, WIDEST, Image, NoImage, read_image
from tests.factories import png

# Twelve by seven pixels of one colour, as Chromium writes them.
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/4gHYSUNDX1BST0ZJTEUAAQEAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AABAAEAAAAAAABh"
    "Y3NwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAlkZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAAB"
    "UAAAABRyVFJDAAABZAAAAChnVFJDAAABZAAAAChiVFJDAAABZAAAAChjcHJ0AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAA"
    "AAgAAAAcAHMAUgBHAEJYWVogAAAAAAAAb6IAADj1AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9Y"
    "WVogAAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQAAAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAM"
    "ZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADb/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBC"
    "YFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSk"
    "pKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wAARCAAHAAwDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAX/"
    "xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAAAwT/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIR"
    "AxEAPwCWAVS//9k="
)


def refusal(file: bytes) -> str:
    with pytest.raises(NoImage) as refused:
        read_image(file)
    return str(refused.value)


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def test_a_png_keeps_what_draws_and_loses_the_rest() -> None:
    plain = png(30, 4)
    found = read_image(plain)
    assert found == Image(plain, "image/png", 30, 4)
    told = png(30, 4, (b"tEXt", b"Author\0A. Officer"), (b"eXIf", b"II*\0 51.5, -0.1"))
    assert read_image(told + b"<script>alert(1)</script>").content == plain


def test_a_jpeg_keeps_what_draws_and_loses_the_rest() -> None:
    found = read_image(JPEG)
    assert (found.media_type, found.width, found.height) == ("image/jpeg", 12, 7)
    told = JPEG[:2] + segment(0xE1, b"Exif\0\0 51.5, -0.1") + segment(0xFE, b"A. Officer") + JPEG[2:]
    again = read_image(told + b"PK\x03\x04 anything")
    assert again.content == found.content
    assert read_image(again.content) == again


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"GIF89a" + b"\0" * 40,
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"<html>",
        b"RIFF\0\0\0\0WEBP",
        b"%PDF-1.7",
    ],
)
def test_other_kinds_are_refused_whatever_they_are_called(file: bytes) -> None:
    assert "neither" in refusal(file)


def test_a_picture_has_a_largest_size() -> None:
    assert read_image(png(WIDEST, TALLEST)).width == WIDEST
    for wide, high in ((WIDEST + 1, 1), (1, TALLEST + 1)):
        assert "Choose a smaller picture" in refusal(png(wide, high))
    assert "at most 200 kB" in refusal(png() + b"\0" * LARGEST_FILE)


def test_pixels_that_are_more_or_fewer_than_the_picture_has_are_refused() -> None:
    """A small file may hold gigabytes of zeros: no more is unpacked than the picture has."""
    head = struct.pack(">IIBBBBB", 8, 1, 8, 0, 0, 0, 0)
    for pixels in (zlib.compress(b"\0" * 10_000_000), zlib.compress(b"\0" * 8), b"not packed"):
        chunks = [(b"IHDR", head), (b"IDAT", pixels), (b"IEND", b"")]
        file = b"\x89PNG\r\n\x1a\n" + b"".join(
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
            for name, data in chunks
        )
        assert "damaged" in refusal(file)


@pytest.mark.parametrize("whole", [png(30, 4), JPEG], ids=["png", "jpeg"])
def test_a_picture_that_was_cut_short_is_refused(whole: bytes) -> None:
    for length in range(len(whole)):
        refusal(whole[:length])


@given(st.sampled_from([png(9, 3), JPEG]), st.data())
def test_a_damaged_picture_is_refused_or_is_a_picture_still(whole: bytes, data: st.DataObject) -> None:
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = read_image(bytes(damaged))
    except NoImage:
        return
    assert read_image(found.content).content == found.content
