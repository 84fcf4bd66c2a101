#!/usr/bin/env python3
"""Makes photo-like pictures of 12 megapixels, the same ones each time: photo_corpus.py FOLDER [COUNT]

Sky, hills, fields, leaves, walls and lettering, under lens blur, vignette and sensor noise; JPEG 4:2:0 at quality 95,
every third one lying on its side with an EXIF orientation; each with the EXIF of a phone: a position, serial numbers,
a name and a maker note. Needs numpy and Pillow.
"""

import pathlib
import sys

import numpy
from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 4000, 3000
ORIENTATIONS = (1, 1, 6, 1, 8, 3)


def clouds(random, height, width, octaves, fall):
    """Fractal noise between 0 and 1: rough where `fall` is near 1, smooth where it is near 0.4."""
    total, weight = numpy.zeros((height, width), numpy.float32), 1.0
    for octave in range(octaves):
        cells = 3 * 2**octave
        small = random.random((cells * height // width + 2, cells + 2)).astype(numpy.float32)
        layer = Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)
        total += weight * numpy.asarray(layer)
        weight *= fall
    total -= total.min()
    return total / total.max()


def scene(seed):
    random = numpy.random.default_rng(seed)
    rows = numpy.linspace(0, 1, HEIGHT, dtype=numpy.float32)[:, None]
    columns = numpy.linspace(0, 1, WIDTH, dtype=numpy.float32)[None, :]
    sky = numpy.stack([0.45 + 0.4 * rows, 0.62 + 0.3 * rows, 0.9 + 0.05 * rows], axis=-1)
    sky = numpy.broadcast_to(sky, (HEIGHT, WIDTH, 3)).copy()
    veil = clouds(random, HEIGHT, WIDTH, 6, 0.5)[..., None] * 0.5
    picture = sky * (1 - veil) + veil
    for depth, colour in enumerate([(0.45, 0.55, 0.6), (0.3, 0.45, 0.33), (0.35, 0.5, 0.2)]):
        ridge = clouds(random, 8, WIDTH, 7, 0.55)[4] * 0.25 + 0.3 + 0.14 * depth
        ground = rows > ridge[None, :]
        rough = clouds(random, HEIGHT, WIDTH, 8 + depth, 0.72 + 0.06 * depth)[..., None]
        tone = numpy.asarray(colour, numpy.float32) * (0.45 + 1.1 * rough)
        picture = numpy.where(ground[..., None], tone, picture)
    light = 1 - 0.35 * ((rows - 0.5) ** 2 + (columns - 0.5) ** 2)
    picture = (numpy.clip(picture * light[..., None], 0, 1) * 255).astype(numpy.uint8)
    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image)
    for _ in range(9):
        x, y = int(random.integers(0, WIDTH - 700)), int(random.integers(HEIGHT // 2, HEIGHT - 500))
        wide, tall = int(random.integers(250, 700)), int(random.integers(200, 480))
        wall = tuple(int(v) for v in random.integers(120, 245, 3))
        draw.rectangle([x, y, x + wide, y + tall], fill=wall)
        draw.polygon([(x - 40, y), (x + wide + 40, y), (x + wide // 2, y - tall // 2)], fill=(120, 50, 40))
        for at in range(x + 30, x + wide - 50, 90):
            draw.rectangle([at, y + 50, at + 45, y + 130], fill=(40, 45, 60))
    for _ in range(700):
        x, y = int(random.integers(0, WIDTH)), int(random.integers(HEIGHT * 2 // 3, HEIGHT))
        r = int(random.integers(4, 26))
        draw.ellipse([x, y, x + r, y + r], fill=(235, int(random.integers(90, 170)), 30))
    image = image.filter(ImageFilter.GaussianBlur(0.9))
    noise = random.normal(0, 4.0, (HEIGHT, WIDTH, 3)).astype(numpy.float32)
    return Image.fromarray(numpy.clip(numpy.asarray(image) + noise, 0, 255).astype(numpy.uint8))


def told(number):
    """What a phone writes into a file."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "SecretMaker", "SecretModel"
    exif[0x0112] = ORIENTATIONS[number % len(ORIENTATIONS)]
    exif[0x013B], exif[0x8298] = "SecretArtist", "SecretOwner"
    inner = exif.get_ifd(0x8769)
    inner[0x9003] = f"2026:11:22 09:{number // 60 % 60:02}:{number % 60:02}"
    inner[0xA431], inner[0xA435], inner[0xA430] = "SECRET-SERIAL", "SECRET-LENS", "SecretPerson"
    inner[0x927C] = b"SecretMakerNote" * 20
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (23.0, 59.0, 1.0), "E", (112.0, 58.0, 6.0)
    return exif.tobytes()


def main():
    folder, count = pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        path = folder / f"p{number:03}.jpg"
        if path.exists():
            continue
        image = scene(number)
        image.save(path, "JPEG", quality=95, subsampling="4:2:0", exif=told(number), comment=b"SecretComment")


main()
