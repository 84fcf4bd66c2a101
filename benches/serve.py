#!/usr/bin/env python3
"""Measures the preview: from the end of a save until the new text is served, and how memory grows.

serve.py PROGRAM FOLDER [--saves 200] [--kinds title,text,…|all] [--soak SECONDS]

FOLDER holds a site that generate.py made for yicun. The start is taken with the memory of a build, as the clerk's second start has it.
Each save gives a page a new title, then the list of its section is asked for over one connection until it shows the title; or a new
paragraph, and the page itself is asked for; or it is another of the deeds in lib/saves.py. Half of those that write a page write it
in place, half beside it and rename, as editors do. Without --kinds those are done that every site has. With --soak, edits (changed, added, deleted, renamed, broken
and mended pages, albums and photos, a table, settings, templates and styles of a theme in FOLDER) go on for that time; at the end
every file is compared with a build from nothing, byte by byte.
"""

import argparse
import difflib
import http.client
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

from lib.saves import ALL, KINDS, OFTEN, Deeds, address

SCRIPT = re.compile(rb'<script id="yicun-script"[^>]*></script>')


class Preview:
    def __init__(self, program, folder):
        begun = time.perf_counter()
        command = [program, "serve", "--root", str(folder), "--port", "0", "--lang", "en"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self.process.stdout:
            found = re.search(r"http://([0-9.]+):([0-9]+)/", line)
            if found:
                break
        else:
            sys.exit("the preview did not start")
        self.start = time.perf_counter() - begun
        # What it says goes on being read, or the pipe is full one day.
        threading.Thread(target=lambda: [None for _ in self.process.stdout], daemon=True).start()
        self.host, self.port = found.group(1), int(found.group(2))
        self.connection = None

    def get(self, path):
        for attempt in range(2):
            try:
                self.connection = self.connection or http.client.HTTPConnection(self.host, self.port, timeout=30)
                self.connection.request("GET", path)
                response = self.connection.getresponse()
                return response.status, SCRIPT.sub(b"", response.read())
            except (ConnectionError, http.client.HTTPException):
                self.connection = None
                if attempt:
                    raise

    def memory(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status")
        found = re.search(r"VmRSS:\s+(\d+)", status.read_text()) if status.is_file() else None
        return int(found.group(1)) // 1024 if found else 0

    def end(self):
        self.process.terminate()
        self.process.wait()


def retitle(path, title):
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r'(?m)^title = ".*"$', f'title = "{title}"', text, count=1), encoding="utf-8")


def until(preview, path, is_there, begun, what):
    while not is_there(*preview.get(path)):
        if time.perf_counter() - begun > 30:
            sys.exit(f"{path} never shows what was saved ({what})")
    return (time.perf_counter() - begun) * 1000


def told(name, times):
    if not times:
        return
    times.sort()
    at = lambda share: times[min(len(times) - 1, int(len(times) * share))]
    print(f"{name}: p50 {at(0.5):.1f} ms, p95 {at(0.95):.1f} ms, most {times[-1]:.1f} ms ({len(times)} saves)", flush=True)


def measure(preview, folder, saves, kinds, chance):
    deeds = Deeds(preview, folder, chance)
    # A new folder is looked at a second time: not what is measured.
    if "row" in kinds:
        deeds.row("首次")
    time.sleep(3)
    times = {key: [] for key in kinds}
    for number in range(saves):
        key = kinds[number % len(kinds)]
        # No run finds its words there already.
        deed = getattr(deeds, key)(f"改过的第{number}次{time.time_ns()}")
        if not deed:
            continue
        begun = time.perf_counter()
        url, wanted = deed
        if isinstance(wanted, int):
            taken = until(preview, url, lambda status, _: status == wanted, begun, key)
        elif isinstance(wanted, str):
            taken = until(preview, url, lambda _, body: wanted.encode() in body, begun, key)
        else:
            taken = until(preview, url, wanted, begun, key)
        times[key].append(taken)
        time.sleep(chance.uniform(0, 0.3))
    for key, taken in times.items():
        told(KINDS[key], taken)
    told("all saves", [time for taken in times.values() for time in taken])


def swap(path, pattern, text):
    """Replaces what matches, or adds it."""
    old = path.read_text(encoding="utf-8")
    new, known = re.subn(pattern, lambda _: text, old, count=1)
    # Settings stand before the first table, everything else may stand at the end.
    path.write_text(new if known else f"{text}\n{old}" if path.suffix == ".toml" else old + text, encoding="utf-8")


def edit(folder, chance, number):
    """One random edit, as people make them."""
    content = folder / "content"
    pages = sorted(path for path in content.rglob("*.md") if path.name != "_index.md")
    # Pages that others name by their titles keep them.
    page = chance.choice([path for path in pages if "soak-" in path.name] or pages)
    if chance.random() < 0.3:
        page = chance.choice([path for path in (content / "news").glob("*.md") if path.name != "_index.md"] or pages)
    text = page.read_text(encoding="utf-8")
    albums = sorted(content.rglob("soak-album-*"))
    photos = sorted(path for path in content.rglob("*.jpg") if "soak" not in path.name)
    templates = sorted(folder.glob("themes/*/templates/base.html"))
    styles = sorted(folder.glob("themes/*/assets/*.css"))
    deed = chance.randrange(12)
    if deed <= 1 and "soak-" in page.name:
        retitle(page, f"新的标题{number}")
    elif deed == 2 and page.name != "index.md":
        copy = re.sub(r"(?m)^(slug|aliases) = .*\n", "", text)
        (page.parent / f"soak-{number}.md").write_text(copy, encoding="utf-8")
        retitle(page.parent / f"soak-{number}.md", f"标题{number}")
    elif deed == 3 and page.name.startswith("soak-"):
        page.unlink()
    elif deed == 4 and page.name.startswith("soak-"):
        page.rename(page.parent / f"soak-moved-{number}.md")
    elif deed == 5:
        page.write_text("+++\ntitle = \n", encoding="utf-8")
        time.sleep(0.05)
        page.write_text(text, encoding="utf-8")
    elif deed == 6 and photos:
        album = chance.choice(albums) if albums and chance.random() < 0.7 else content / f"news/soak-album-{number}"
        album.mkdir(parents=True, exist_ok=True)
        if not (album / "index.md").exists():
            (album / "index.md").write_text(f'+++\ntitle = "相册{number}"\ndate = 2026-11-20\n+++\n', encoding="utf-8")
        shutil.copy(chance.choice(photos), album / f"soak-{number}.jpg")
    elif deed == 7 and albums:
        album = chance.choice(albums)
        if chance.random() < 0.4:
            album.rename(album.parent / f"soak-album-moved-{number}")
        elif chance.random() < 0.5:
            shutil.rmtree(album)
        else:
            for photo in list(album.glob("*.jpg"))[:1]:
                photo.unlink()
    elif deed == 8:
        rows = "".join(f"指标{row},{chance.randrange(100)}次\n" for row in range(chance.randrange(1, 5)))
        (content / "indicators").mkdir(exist_ok=True)
        (content / "indicators/soak.csv").write_text("指标,数值\n" + rows, encoding="utf-8")
    elif deed == 9:
        swap(folder / "site.toml", r'(?m)^description = ".*"$', f'description = "第{number}次"')
    elif deed == 10 and templates:
        swap(chance.choice(templates), r"<!-- soak \d+ -->", f"<!-- soak {number} -->")
    elif deed == 11 and styles:
        swap(chance.choice(styles), r"/\* soak \d+ \*/", f"/* soak {number} */")


def deed(deeds, key, number):
    """One of those that are measured, if what it needs is still there."""
    try:
        getattr(deeds, key)(f"浸泡{number}")
    except (FileNotFoundError, IndexError, StopIteration):
        pass


def soak(preview, program, folder, seconds, chance):
    deeds = Deeds(preview, folder, chance)
    ends = time.monotonic() + seconds
    first = None
    number = 0
    pages = [path for path in (folder / "content").rglob("*.md") if path.name not in ("_index.md", "index.md")]
    asked = ["/tags/", *(address(folder, page) for page in sorted(pages))]
    while time.monotonic() < ends:
        if chance.random() < 0.4:
            deed(deeds, chance.choice([key for key in ALL if key != "photo"]), number)
        else:
            edit(folder, chance, number)
        preview.get("/")
        preview.get(chance.choice(asked))
        time.sleep(chance.uniform(0, 0.4))
        number += 1
        if number % 100 == 0:
            first = first or preview.memory()
            print(f"{number} edits: {preview.memory()} MiB", flush=True)
    print(f"memory: {first or preview.memory()} MiB after the first edits, {preview.memory()} MiB at the end")
    time.sleep(2)
    with tempfile.TemporaryDirectory() as output:
        site = pathlib.Path(output) / "site"
        shutil.copytree(folder, site, ignore=shutil.ignore_patterns(".yicun", "public"))
        command = [program, "build", "--root", str(site), "--output", output + "/public", "--base-url", "", "--drafts", "--future"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        public = pathlib.Path(output) / "public"
        files = [path for path in public.rglob("*") if path.is_file() and not path.name.startswith(".yicun")]
        differing = 0
        for path in sorted(files):
            url = "/" + urllib.parse.quote(path.relative_to(public).as_posix())
            status, body = preview.get(url)
            if (status, body) != (200, path.read_bytes()):
                differing += 1
                if differing <= 3:
                    print(f"{url} is not what a build from nothing publishes (status {status}):")
                    lines = [text.decode(errors="replace").replace("><", ">\n<").splitlines() for text in (path.read_bytes(), body)]
                    print("\n".join(list(difflib.unified_diff(*lines, "build", "preview", n=0, lineterm=""))[:30]), flush=True)
        if differing:
            sys.exit(f"after {number} edits {differing} of {len(files)} files are not those of a build from nothing")
        print(f"after {number} edits all {len(files)} files are those of a build from nothing")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--saves", type=int, default=200)
    parser.add_argument("--kinds", default=",".join(OFTEN), help="of saves, or all")
    parser.add_argument("--soak", type=float, default=0)
    parser.add_argument("--seed", type=int, default=5, help="of the random edits")
    arguments = parser.parse_args()
    kinds = ALL if arguments.kinds == "all" else arguments.kinds.split(",")
    chance = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as output:
        command = [arguments.program, "build", "--root", str(arguments.folder), "--output", output + "/public"]
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    preview = Preview(arguments.program, arguments.folder)
    try:
        print(f"start: {preview.start * 1000:.0f} ms, {preview.memory()} MiB", flush=True)
        if arguments.saves:
            measure(preview, arguments.folder, arguments.saves, kinds, chance)
        if arguments.soak:
            soak(preview, arguments.program, arguments.folder, arguments.soak, chance)
    finally:
        preview.end()


main()
