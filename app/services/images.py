"""Pictures that somebody uploads: PNG and JPEG, known by their content, rebuilt from the parts that draw.

What an uploaded file calls itself says nothing. A file is taken apart, measured and put together again
without what may ride along: text, places and times of a camera, anything after the end.
"""

import struct
import zlib
from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

LARGEST_FILE = 200 * 1024
WIDEST, TALLEST = 2000, 1000
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_DRAWS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"sRGB", b"gAMA", b"cHRM", b"IDAT", b"IEND"})
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
# Frames whose pictures every browser draws: baseline, extended, progressive.
_JPEG_FRAMES = (0xC0, 0xC1, 0xC2)
# Kept beside them: tables, the scan, JFIF and the marker that says how colours were stored.
_JPEG_DRAWS = frozenset({0xC4, 0xDB, 0xDD, 0xDA, 0xE0, 0xEE, *_JPEG_FRAMES})
_RESTARTS = range(0xD0, 0xD8)


class Image(NamedTuple):
    """A picture as it is stored; ``digest`` is the SHA-256 of its bytes."""

    content: bytes
    media_type: str
    width: int
    height: int

    @property
    def digest(self) -> str:
        """What the picture is found by."""
        return sha256(self.content).hexdigest()


class NoImage(Exception):
    """A file that is no picture that can be taken; its text says what to do."""


def read_image(file: bytes) -> Image:
    """The picture in a file. Raises NoImage for any other kind of file, a broken one and one too large."""
    if len(file) > LARGEST_FILE:
        raise NoImage(f"Choose a smaller file: at most {LARGEST_FILE // 1024} kB")
    if file.startswith(_PNG):
        found = _png(file)
    elif file.startswith(b"\xff\xd8\xff"):
        found = _jpeg(file)
    else:
        raise NoImage("Choose a PNG or JPEG file. The file that you chose is neither, whatever its name says")
    return found


_BROKEN = "Choose another file: this one is damaged, so browsers could not show it"


def _sized(width: int, height: int) -> tuple[int, int]:
    if not (1 <= width <= WIDEST and 1 <= height <= TALLEST):
        raise NoImage(f"Choose a smaller picture: at most {WIDEST:,} pixels wide and {TALLEST:,} high")
    return width, height


# --- PNG --------------------------------------------------------------------------------------------------


def _png(file: bytes) -> Image:
    chunks = list(_chunks(file))
    if not chunks or chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13 or chunks[-1][0] != b"IEND":
        raise NoImage(_BROKEN)
    width, height, depth, colour, compression, filters, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    _sized(width, height)
    if depth not in _DEPTHS.get(colour, ()) or compression or filters or interlaced > 1:
        raise NoImage(_BROKEN)
    bits = _CHANNELS[colour] * depth
    _check_pixels(b"".join(data for name, data in chunks if name == b"IDAT"), width, height, bits, interlaced)
    kept = (_chunk(name, data) for name, data in chunks if name in _PNG_DRAWS)
    return Image(_PNG + b"".join(kept), "image/png", width, height)


def _chunks(file: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks up to the end of the picture; what follows it is left behind."""
    place = len(_PNG)
    while True:
        head = file[place : place + 8]
        if len(head) < 8:
            raise NoImage(_BROKEN)
        size, name = struct.unpack(">I4s", head)
        data, check = file[place + 8 : place + 8 + size], file[place + 8 + size : place + 12 + size]
        if len(check) < 4 or zlib.crc32(name + data) != struct.unpack(">I", check)[0]:
            raise NoImage(_BROKEN)
        yield name, data
        if name == b"IEND":
            return
        place += 12 + size


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""The passes of an interlaced picture: where each begins, and its steps across and down."""


def _check_pixels(packed: bytes, width: int, height: int, bits: int, interlaced: int) -> None:
    passes = _PASSES if interlaced else ((0, 0, 1, 1),)
    wanted = 0
    for left, top, across, down in passes:
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and rows > 0:
            wanted += rows * (1 + (columns * bits + 7) // 8)
    unpacker = zlib.decompressobj()
    try:
        found = len(unpacker.decompress(packed, wanted + 1))
    except zlib.error:
        raise NoImage(_BROKEN) from None
    if found != wanted:
        raise NoImage(_BROKEN)


# --- JPEG -------------------------------------------------------------------------------------------------


def _jpeg(file: bytes) -> Image:
    kept, size = [b"\xff\xd8"], None
    for marker, segment in _segments(file):
        if marker in _JPEG_FRAMES and len(segment) >= 10:
            height, width = struct.unpack(">HH", segment[5:9])
            size = _sized(width, height)
        if marker in _JPEG_DRAWS:
            kept.append(segment)
    if size is None:
        raise NoImage(_BROKEN)
    return Image(b"".join([*kept, b"\xff\xd9"]), "image/jpeg", *size)


def _segments(file: bytes) -> Iterator[tuple[int, bytes]]:
    """The segments between the start and the end, a scan with its data as one, each without fill bytes."""
    place, scans = 2, 0
    while True:
        while file[place : place + 2] == b"\xff\xff":
            place += 1
        if file[place : place + 1] != b"\xff" or place + 1 >= len(file):
            raise NoImage(_BROKEN)
        marker = file[place + 1]
        if marker == 0xD9 and scans:
            return
        size = struct.unpack(">H", file[place + 2 : place + 4])[0] if place + 4 <= len(file) else 0
        end = place + 2 + size
        if size < 2 or end > len(file):
            raise NoImage(_BROKEN)
        if marker == 0xDA:
            scans += 1
            end = _end_of_scan(file, end)
        # A marker and what belongs to it: two bytes in front of the segment's own count.
        yield marker, file[place:end]
        place = end


def _end_of_scan(file: bytes, place: int) -> int:
    """Where the next marker begins that is neither a restart nor a byte that only looks like one."""
    while True:
        place = file.find(b"\xff", place)
        if place < 0 or place + 1 >= len(file):
            raise NoImage(_BROKEN)
        following = file[place + 1]
        if following and following not in _RESTARTS and following != 0xFF:
            return place
        place += 1 if following == 0xFF else 2
