"""A small site whose every page says which version it is, so that a reader can tell mixed releases."""

import os
import pathlib
import re
import shutil
import struct
import subprocess
import zlib

YICUN = os.environ["YICUN"]
TODAY = "2026-11-22"
MARK = re.compile(rb"VERSION-(\d+)")


class Site:
    def __init__(self, folder, pages=12):
        self.folder = pathlib.Path(folder)
        self.pages = pages
        self.settings = ""
        (self.folder / "content/news").mkdir(parents=True, exist_ok=True)
        (self.folder / "static").mkdir(exist_ok=True)
        # The style is an asset with a digest in its name, other in each version.
        self.write("content/news/_index.md", '+++\ntitle = "工作动态"\n+++\n')
        self.version(1)

    def write(self, path, text):
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def photo(self, path, number):
        """A picture like no other: a PNG of its number's own colours."""
        rows = bytearray()
        for y in range(150):
            rows.append(0)
            for x in range(200):
                rows += bytes(((x * number) % 256, (y * 3 + number * 41) % 256, (x + y * number) % 256))
        def chunk(name, data):
            return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        header = struct.pack(">IIBBBBB", 200, 150, 8, 2, 0, 0, 0)
        data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(rows))) + chunk(b"IEND", b"")
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)

    def target(self, text):
        """The tables below [deploy]; the title stays that of the version."""
        self.settings = text
        self.entitle()

    def entitle(self):
        self.write("site.toml", f'title = "VERSION-{self.number}"\nbase_url = "http://127.0.0.1/"\n{self.settings}')

    def version(self, number, pages=None):
        """Every page shows the title, so every page changes; the length stays the same."""
        self.number = number
        self.entitle()
        count = self.pages if pages is None else pages
        for old in (self.folder / "content/news").glob("n*.md"):
            if int(old.stem[1:]) >= count:
                old.unlink()
        for page in range(count):
            self.write(
                f"content/news/n{page}.md",
                f'+++\ntitle = "简讯{page}"\ndate = 2026-09-{page % 28 + 1:02}\n+++\n\n内容 VERSION-{number}。\n',
            )
        self.write("static/notes [1]/a'b & c.txt", f"VERSION-{number}\n")

    def run(self, *arguments, environment=None, wait=True):
        command = [YICUN, *arguments, "--root", str(self.folder), "--lang", "en"]
        if arguments[0] == "deploy":
            command += ["--today", TODAY]
        everything = {**os.environ, **(environment or {})}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=everything)
        if not wait:
            return process
        try:
            out, err = process.communicate(timeout=600)
        except BaseException:
            process.kill()
            raise
        return process.returncode, out, err

    def well(self, *arguments, environment=None):
        code, out, err = self.run(*arguments, environment=environment)
        assert code == 0, f"{arguments}: {code}\n{out}{err}"
        return out

    def public(self):
        """What was built, without our own manifest."""
        folder = self.folder / "public"
        files = (file for file in folder.rglob("*") if file.is_file())
        return {
            file.relative_to(folder).as_posix(): file.read_bytes() for file in files if file.name != ".yicun-manifest.json"
        }

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def whole(files):
    """The one version that all marked files show; fails on a mixture."""
    found = {match for name, data in files.items() for match in MARK.findall(data)}
    assert len(found) == 1, f"pages of several versions: {sorted(found)}"
    return int(found.pop())
