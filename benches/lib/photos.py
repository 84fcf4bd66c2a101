"""JPEG photos out of nothing but numbers: gradients and noise, with EXIF (orientation, time, a place to be removed).

A photo is written where JPEG lives, as coefficients of 8 × 8 blocks: a slow surface gives each block its mean (the
gradient), one of a few hundred prepared blocks gives it its grain (the noise). So twelve megapixels need a second of
plain Python, no library, and decode like a photo. The same number gives the same bytes on every machine.
"""

import math
import random
import struct

# How coarse each coefficient is, finest first by row; and the order in which they are written.
QUANT = bytes.fromhex(
    "100b0a101828333d0c0c0e131a3a3c370e0d1018283945380e11161d3357503e"
    "12162538446d674d182337405168715c31404e5767797865485c5f6270646763"
)
ZIGZAG = sorted(range(64), key=lambda at: (at // 8 + at % 8, at // 8 if (at // 8 + at % 8) % 2 else at % 8))
# The tables of the standard's annex K for luminance; used for all three components.
DC_COUNTS, DC_VALUES = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], list(range(12))
AC_COUNTS = [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125]
AC_VALUES = bytes.fromhex(
    "01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a34353637"
    "38393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3"
    "a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa"
)


def codes(counts, values):
    """Huffman codes as strings of bits, by value."""
    found, code, values = {}, 0, iter(values)
    for length, count in enumerate(counts, 1):
        for _ in range(count):
            found[next(values)] = format(code, f"0{length}b")
            code += 1
        code <<= 1
    return found


DC, AC = codes(DC_COUNTS, DC_VALUES), codes(AC_COUNTS, AC_VALUES)


def magnitude(value):
    """The bits that follow a code: of a negative number, those of the number below."""
    size = abs(value).bit_length()
    return format(value if value > 0 else value + (1 << size) - 1, f"0{size}b") if size else ""


STEP = {value: DC[abs(value).bit_length()] + magnitude(value) for value in range(-2047, 2048)}


def grain(dice, strength):
    """The bits of one block without its mean: a few noisy coefficients, fewer and smaller the finer they are."""
    bits, zeros = [], 0
    for at in range(1, 40):
        value = round(dice.gauss(0, strength / (1 + at / 4)))
        if not value:
            zeros += 1
            continue
        while zeros > 15:
            bits.append(AC[0xF0])
            zeros -= 16
        bits.append(AC[zeros << 4 | abs(value).bit_length()] + magnitude(value))
        zeros = 0
    return "".join(bits) + AC[0]


def surface(dice, columns, rows, height):
    """The mean of each block: a gradient with a few waves and edges, as rows of numbers."""
    throw = dice.uniform
    waves = [(throw(0.5, 5), throw(0.5, 5), throw(0, 6), height * throw(0.1, 0.3)) for _ in range(3)]
    slope_x, slope_y = dice.uniform(-1, 1), dice.uniform(-1, 1)
    for y in range(rows):
        v = y / rows
        line = []
        for x in range(columns):
            u = x / columns
            value = height * (slope_x * (u - 0.5) + slope_y * (v - 0.5))
            for a, b, phase, size in waves:
                wave = math.sin(a * u * 6 + b * v * 6 + phase)
                # Where a wave is high, its edge is sharp, like that of a roof.
                value += size * (wave if wave < 0.7 else 1.6)
            line.append(round(value))
        yield line


def scan(dice, width, height):
    """The entropy-coded data: in each square of 16 pixels four blocks of light and one of each colour."""
    light = [grain(dice, strength) for strength in (1.5, 4.0, 8.0) for _ in range(160)]
    colour = [grain(dice, strength) for strength in (0.4, 1.2) for _ in range(64)]
    across, down = -(-width // 16), -(-height // 16)
    lights = list(surface(dice, across * 2, down * 2, 50))
    blues, reds = list(surface(dice, across, down, 12)), list(surface(dice, across, down, 12))
    bits, last, last_blue, last_red = [], 0, 0, 0
    add, choose = bits.append, dice.random
    for y in range(down):
        # Bands of smooth and of rough parts, like sky and fields.
        band = 160 * (y * 3 // down)
        above, below = lights[2 * y], lights[2 * y + 1]
        for x in range(across):
            for value in (above[2 * x], above[2 * x + 1], below[2 * x], below[2 * x + 1]):
                add(STEP[value - last])
                add(light[band + int(choose() * 160)])
                last = value
            add(STEP[blues[y][x] - last_blue])
            add(colour[int(choose() * 128)])
            last_blue = blues[y][x]
            add(STEP[reds[y][x] - last_red])
            add(colour[int(choose() * 128)])
            last_red = reds[y][x]
    text = "".join(bits)
    text += "1" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big").replace(b"\xff", b"\xff\x00")


def segment(marker, data):
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def exif(orientation, taken):
    """Orientation, camera and time, and a position in the GPS directory, in little-endian TIFF."""

    def directory(start, entries):
        """Entries of (tag, type, count, bytes); what is longer than four bytes stands behind the directory."""
        head, tail = struct.pack("<H", len(entries)), b""
        behind = start + 2 + 12 * len(entries) + 4
        for tag, kind, count, data in entries:
            if len(data) > 4:
                head += struct.pack("<HHII", tag, kind, count, behind + len(tail))
                tail += data + b"\0" * (len(data) % 2)
            else:
                head += struct.pack("<HHI", tag, kind, count) + data.ljust(4, b"\0")
        return head + struct.pack("<I", 0) + tail

    def words(text):
        return len(text) + 1, text.encode() + b"\0"

    def degrees(*parts):
        return struct.pack("<6I", *(number for part in parts for number in (part, 1)))

    def first(pointer_exif, pointer_gps):
        return directory(
            8,
            [
                (0x010F, 2, *words("Yicun Bench")),
                (0x0112, 3, 1, struct.pack("<H", orientation)),
                (0x8769, 4, 1, struct.pack("<I", pointer_exif)),
                (0x8825, 4, 1, struct.pack("<I", pointer_gps)),
            ],
        )

    at_exif = 8 + len(first(0, 0))
    own = directory(at_exif, [(0x9003, 2, *words(taken))])
    at_gps = at_exif + len(own)
    gps = directory(
        at_gps,
        [
            (1, 2, 2, b"N\0"),
            (2, 5, 3, degrees(22, 47, 0)),
            (3, 2, 2, b"E\0"),
            (4, 5, 3, degrees(108, 22, 0)),
        ],
    )
    return b"Exif\0\0II*\0" + struct.pack("<I", 8) + first(at_exif, at_gps) + own + gps


def photo(number, width=4000, height=3000):
    """The bytes of photo `number`. Every third is held upright (orientation 6), every seventh upside down (3)."""
    dice = random.Random(f"photo {number}")
    orientation = 6 if number % 3 == 2 else 3 if number % 7 == 6 else 1
    table = bytes([0]) + bytes(max(1, QUANT[at] // 3) for at in ZIGZAG)
    components = bytes([8]) + struct.pack(">HH", height, width) + bytes([3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0])
    return b"".join(
        [
            b"\xff\xd8",
            segment(0xE1, exif(orientation, f"2026:11:{number % 28 + 1:02} 09:{number % 60:02}:00")),
            segment(0xDB, table),
            segment(0xC0, components),
            segment(0xC4, bytes([0x00, *DC_COUNTS, *DC_VALUES])),
            segment(0xC4, bytes([0x10, *AC_COUNTS]) + AC_VALUES),
            segment(0xDA, bytes([3, 1, 0, 2, 0, 3, 0, 0, 63, 0])),
            scan(dice, width, height),
            b"\xff\xd9",
        ]
    )
