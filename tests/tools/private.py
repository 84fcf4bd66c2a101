"""Writes into every picture of a copy of the site all that exiftool can write (position, names, serial numbers, thumbnails,
comments, trailing bytes), publishes it, and reads every published file with exiftool: nothing may be left but how a picture
is stored.

private.py SITE PUBLISHED YICUN TODAY ends with 1 and says what came through. SITE is changed; PUBLISHED is what it was before.
"""

import json
import pathlib
import shutil
import struct
import subprocess
import sys
import zipfile
import zlib

site, published, yicun, today = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3], sys.argv[4]

MARK = "SECRET"
WORDS = [
    "Artist", "OwnerName", "CameraOwnerName", "SerialNumber", "LensSerialNumber", "HostComputer", "Software", "Make", "Model",
    "UserComment", "Copyright", "Comment", "XMP:Creator", "XMP-photoshop:City", "XMP-mwg-rs:RegionName", "XMP-xmpMM:DocumentID",
    "IPTC:By-line", "IPTC:City", "IPTC:ContactInfo", "PNG:Author", "PNG:Title", "ICC_Profile:ProfileDescription",
]
MARKS = [f"-{word}={MARK}" for word in WORDS] + [
    "-GPSLatitude=23.1", "-GPSLatitudeRef=N", "-GPSLongitude=108.2", "-GPSLongitudeRef=E", "-GPSAltitude=88",
    "-XMP-exif:GPSLatitude=23.1", "-DateTimeOriginal=2026:01:02 03:04:05", "-XMP-xmp:Rating=3", "-Photoshop:CopyrightFlag=true",
]
# How a picture is stored: its form, its size, its colours.
STORED = {"ExifTool", "System", "File", "Composite", "JFIF", "RIFF", "GIF", "SVG", "ICC-header"}
OF_PNG = {
    "ImageWidth", "ImageHeight", "BitDepth", "ColorType", "Compression", "Filter", "Interlace", "Palette", "Transparency", "Gamma",
    "SRGBRendering", "WhitePointX", "WhitePointY", "RedX", "RedY", "GreenX", "GreenY", "BlueX", "BlueY", "AnimationFrames",
    "AnimationPlays", "SignificantBits", "BackgroundColor",
}
OF_FILE = {"Comment"}
OF_RIFF = {"Exif", "XMP", "Artist", "Comment", "Software", "Copyright"}


def exiftool(*arguments):
    return subprocess.run(["exiftool", *map(str, arguments)], capture_output=True, text=True)


def read(*places):
    said = exiftool("-json", "-G1", "-a", "-U", "-ee", "-r", *places).stdout
    return json.loads(said) if said.strip() else []


def png(width, height):
    rows = b"".join(b"\0" + bytes((x * y) % 256 for x in range(width * 3)) for y in range(height))
    chunk = lambda name, data: struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def tiff(width, height):
    data = bytes((x * 7) % 256 for x in range(width * height * 3))
    tags = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 2), (273, 4, 1, 8)]
    tags += [(277, 3, 1, 3), (278, 4, 1, height), (279, 4, 1, len(data))]
    table = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags) + bytes(4)
    return b"II*\0" + struct.pack("<I", 8 + len(data)) + data + table


def gif():
    head = b"GIF89a" + struct.pack("<HHBBB", 2, 2, 0x80, 0, 0) + b"\xff\0\0\0\0\xff"
    image = b"," + struct.pack("<HHHHB", 0, 0, 2, 2, 0) + b"\x02\x03\x44\x02\x05\0"
    return head + b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0" + (b"!\xf9\x04\0\x0a\0\0\0" + image) * 2 + b";"


pictures = sorted(path for path in (site / "content").rglob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp"))
page = site / "content/news/private-oracle"
page.mkdir(parents=True)
webp = max((published / "photos").glob("*.webp"), key=lambda path: path.stat().st_size)
jpeg = next(path for path in pictures if path.suffix == ".jpg")
thumbnail = min((published / "photos").glob("*.jpg"), key=lambda path: path.stat().st_size)
shutil.copy(jpeg, page / "a.jpg")
shutil.copy(webp, page / "b.webp")
shutil.copy(pathlib.Path(__file__).parents[1] / "fixtures/avif/444.avif", page / "c.avif")
(page / "d.png").write_bytes(png(320, 240))
(page / "e.tif").write_bytes(tiff(320, 240))
(page / "f.gif").write_bytes(gif())
pictures += sorted(page.iterdir())
for picture in pictures:
    said = exiftool("-m", "-q", "-overwrite_original", *MARKS, picture)
    assert said.returncode == 0, (picture, said.stderr)
    if picture.suffix in (".jpg", ".tif", ".webp", ".png"):
        exiftool("-m", "-q", "-overwrite_original", f"-ThumbnailImage<={thumbnail}", picture)
    if picture.suffix not in (".tif", ".avif"):
        # As phones append films and other pictures.
        picture.write_bytes(picture.read_bytes() + MARK.encode() + thumbnail.read_bytes())
    assert MARK.encode() in picture.read_bytes(), picture
marked = [record for record in read(*pictures) if MARK in json.dumps(record)]
assert len(marked) == len(pictures), (len(marked), len(pictures))

# Shown, linked to as they are, on the cover, and as files of the site that nobody looks at.
shown = "".join(f"![图]({path.name})\n\n" for path in sorted(page.iterdir()))
linked = "".join(f"[原图]({path.name})\n\n" for path in sorted(page.iterdir()) if path.suffix not in (".tif", ".avif"))
(page / "index.md").write_text(f'+++\ntitle = "照片"\ndate = 2026-01-02\ncover = "a.jpg"\n+++\n\n{shown}{linked}', encoding="utf-8")
for album in (site / "content/albums").glob("*/index.md"):
    album.write_text(album.read_text("utf-8").replace("+++\n", "+++\ndownload = true\n", 1), "utf-8")
(site / "static/private").mkdir(parents=True)
for path in sorted(page.iterdir()):
    if path.suffix not in (".tif", ".avif", ".md"):
        shutil.copy(path, site / "static/private")
public = site / "public"
said = subprocess.run([yicun, "build", "--root", site, "--lang", "en", "--today", today, "--quiet"], capture_output=True, text=True)
assert said.returncode == 0, said.stdout + said.stderr

archives = sorted(public.rglob("*.zip"))
for number, archive in enumerate(archives):
    zipfile.ZipFile(archive).extractall(public / f"unpacked-{number}")
images = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".tif", ".bmp", ".svg", ".ico"}
faults, seen = [], {}
for record in read(public):
    path = pathlib.Path(record["SourceFile"])
    if path.suffix not in images:
        continue
    seen[path.suffix] = seen.get(path.suffix, 0) + 1
    for tag, value in record.items():
        group, _, name = tag.rpartition(":")
        fits = group == "" or group in STORED or (group == "PNG" and name in OF_PNG)
        if not fits or (group == "File" and name in OF_FILE) or (group == "RIFF" and name in OF_RIFF):
            faults.append(f"{path.relative_to(public)}: {tag} = {str(value)[:60]}")
    if MARK.encode() in path.read_bytes() or MARK in json.dumps(record):
        faults.append(f"{path.relative_to(public)}: {MARK}")
assert archives and seen.get(".jpg", 0) > 30 and seen.get(".webp", 0) > 30 and seen.get(".gif") and seen.get(".png"), (archives, seen)
print("\n".join(faults[:40]))
total = ", ".join(f"{count} {suffix}" for suffix, count in sorted(seen.items()))
print(f"{len(pictures)} marked pictures; published {total}, {len(archives)} archives; {len(faults)} faults")
sys.exit(bool(faults))
