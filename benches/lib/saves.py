"""What clerks save while they look at the preview: each kind of save, where it shows, and what is looked for there."""

import re
import shutil
import struct
import sys
import time
import urllib.parse
import zlib

from . import photos


def newest_shown(preview, pages, folder):
    """Pages with the section lists that show them: (file, list)."""
    found_ones = []
    sections = {}
    for page in pages:
        home = page.parent.parent if page.name.startswith("index.") else page.parent
        sections.setdefault((home, language(page)), []).append(page)
    for (section, code), inside in sorted(sections.items()):
        url = "/" + urllib.parse.quote("/".join([*code, section.relative_to(folder / "content").as_posix()])) + "/"
        status, body = preview.get(url)
        if status == 200:
            for page in inside:
                title = found("title", page.read_text(encoding="utf-8")).strip('"')
                # 项目1 is no 项目12.
                if title and re.search(re.escape(title.encode()) + rb"(?!\d)", body):
                    found_ones.append((page, url))
    return found_ones


def language(page):
    """The language in a page's name, as a path has it: none or one."""
    parts = page.name.split(".")
    return (parts[1],) if len(parts) == 3 else ()


def save(path, text, chance):
    """In place, or beside it and renamed over it."""
    if chance.random() < 0.5:
        path.write_text(text, encoding="utf-8")
    else:
        beside = path.with_name(path.name + ".tmp")
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)


def without_address(text):
    """The words of a page whose address is its folder's and its name's."""
    return re.sub(r"(?m)^(slug|aliases) = .*\n", "", text)


def address(folder, page):
    inside = page.relative_to(folder / "content")
    code = language(page)
    name = inside.name.split(".")[0]
    parts = [*code, *inside.parent.parts, *([] if name == "index" else [name])]
    return f"/{urllib.parse.quote('/'.join(parts))}/"


def found(key, text):
    """What front matter says of `key`, as it is written."""
    match = re.search(rf"(?m)^{key} = (.*)$", text)
    return match.group(1) if match else ""


def titled(text, word):
    return re.sub(r'(?m)^title = ".*"$', lambda _: f'title = "{word}"', text, count=1)


def picture(number):
    """A small PNG of its own for each number."""
    chunk = lambda name, data: struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    row = lambda y: b"\0" + bytes((x * 4 + y * number) % 256 for x in range(64 * 3))
    pixels = zlib.compress(b"".join(row(y) for y in range(48)) + b"")
    head = struct.pack(">IIBBBBB", 64, 48, 8, 2, 0, 0, 0)
    told = b"n\0" + str(number).encode()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"tEXt", told) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


class Deeds:
    """Saves, each with where it shows and what is looked for there: words, a status, or a function of the bytes. What a
    site has nothing for is nothing."""

    def __init__(self, preview, folder, chance):
        self.preview, self.folder, self.chance = preview, folder, chance
        pages = sorted(path for path in (folder / "content").rglob("*.md") if not path.name.startswith("_index."))
        self.bundles = [page for page in pages if page.name == "index.md" and page.parent != folder / "content"]
        self.english = [page for page in pages if language(page)]
        self.pages = [page for page in pages if not language(page) and page.name != "index.md"]
        self.listed = newest_shown(preview, self.pages, folder)
        if not self.listed:
            sys.exit("no list shows a page")
        self.newest = max(found("date", page.read_text(encoding="utf-8"))[:10] for page, _ in self.listed)
        self.added, self.folders, self.spoken = [], [], []
        some = self.pages[:: max(1, len(self.pages) // 500)]
        self.tags = sorted({tag for page in some for tag in self.tags_of(page.read_text(encoding="utf-8"))})
        self.table = folder / "content/indicators/bench.csv"

    def tags_of(self, text):
        return re.findall(r'"([^"]+)"', found("tags", text))

    def any(self, listed=None):
        page, url = self.chance.choice(listed or self.listed)
        return page, url, page.read_text(encoding="utf-8")

    def lists(self, pages):
        """Newer pages may have pushed it off the first sheet of its list meanwhile."""
        return newest_shown(self.preview, pages, self.folder)

    def text(self, word):
        page, _, text = self.any()
        save(page, f"{text}\n\n{word}\n", self.chance)
        return self.url(page), word

    def url(self, page):
        slug = found("slug", page.read_text(encoding="utf-8")).strip('"')
        own = address(self.folder, page)
        return f"{own[:-1].rpartition('/')[0]}/{slug}/" if slug else own

    def title(self, word):
        page, url, text = self.any(self.lists([page for page, _ in self.listed]))
        save(page, titled(text, word), self.chance)
        return url, word

    def new(self, word):
        page, _, text = self.any()
        page = page.with_name(f"new-{time.time_ns()}.md")
        # A title that others ask for would be another deed.
        save(page, f"{titled(without_address(text), word)}\n\n{word}\n", self.chance)
        self.added.append(page)
        return address(self.folder, page), word

    def renamed(self, word):
        page = self.added.pop() if self.added else None
        if not page:
            return self.new(word)
        renamed = page.with_name(f"renamed-{time.time_ns()}.md")
        page.rename(renamed)
        self.added.insert(0, renamed)
        return address(self.folder, renamed), 200

    def moved(self, word):
        page = self.added.pop() if self.added else None
        if not page:
            return self.new(word)
        keys = lambda page: set(re.findall(r"(?m)^(\w+) = ", page.read_text(encoding="utf-8").split("+++")[1]))
        # Fields of another kind would be faults.
        others = {other.parent for other, _ in self.listed if keys(page) <= keys(other)}
        other = self.chance.choice(sorted(others - {page.parent}) or [page.parent])
        moved = other / f"moved-{time.time_ns()}.md"
        page.rename(moved)
        self.added.insert(0, moved)
        return address(self.folder, moved), 200

    def deleted(self, word):
        page = self.added.pop() if self.added else None
        if not page:
            return self.new(word)
        page.unlink()
        return address(self.folder, page), 404

    def date(self, word):
        """An old page is of the newest day now, so that the list of its section begins with it or its like."""
        page, url = self.chance.choice(self.listed)
        others = [other for other in self.pages if other.parent == page.parent and (other, url) not in self.listed]
        dated = lambda page: found("date", page.read_text(encoding="utf-8"))
        page = next(filter(dated, self.chance.sample(others, len(others))), self.listed[0][0])
        text = titled(page.read_text(encoding="utf-8"), word)
        save(page, re.sub(r"(?m)^date = .*$", f"date = {self.newest}", text, count=1), self.chance)
        return self.url(page), word

    def tag(self, word):
        tagged = [(page, url) for page, url in self.listed if found("tags", page.read_text(encoding="utf-8"))]
        page, _, text = self.any(tagged)
        own = self.tags_of(text)
        tag = self.chance.choice([tag for tag in self.tags if tag not in own])
        tags = ", ".join(f'"{tag}"' for tag in [*own[1:], tag])
        save(page, re.sub(r"(?m)^tags = .*$", f"tags = [{tags}]", text, count=1), self.chance)
        return self.url(page), f">{tag}</a>"

    def row(self, word):
        rows = [f"台账{row},{self.chance.randrange(100)}次\n" for row in range(20)]
        rows[self.chance.randrange(20)] = f"{word},1次\n"
        self.table.parent.mkdir(exist_ok=True)
        save(self.table, "指标,数值\n" + "".join(rows), self.chance)
        return "/indicators/", word

    def draft(self, word):
        """A draft, or none any more; its title tells that it was taken in."""
        page, url, text = self.any(self.lists([page for page, _ in self.listed]))
        was = found("draft", text) == "true"
        text = re.sub(r"(?m)^draft = .*\n", "", titled(text, word))
        save(page, text if was else text.replace("\ntitle", "\ndraft = true\ntitle", 1), self.chance)
        return url, word

    def weight(self, word):
        page, url, text = self.any(self.lists([page for page, _ in self.listed]))
        text = re.sub(r"(?m)^weight = .*\n", "", titled(text, word))
        save(page, text.replace("\ntitle", f"\nweight = {self.chance.randrange(100)}\ntitle", 1), self.chance)
        return url, word

    def alias(self, word):
        page, _, text = self.any()
        own = f"old/{time.time_ns()}"
        text = re.sub(r"(?m)^aliases = .*\n", "", text)
        save(page, text.replace("\ntitle", f'\naliases = ["/{own}/"]\ntitle', 1), self.chance)
        return f"/{own}/", 200

    def batch(self, word):
        """Twenty pages at once; the last that is written is looked for."""
        for _ in range(20):
            page, _, text = self.any()
            save(page, f"{text}\n\n{word}\n", self.chance)
        return self.url(page), word

    def section(self, word):
        page = self.chance.choice(sorted((self.folder / "content").glob("*/_index.md")))
        save(page, titled(page.read_text(encoding="utf-8"), word), self.chance)
        return address(self.folder, page.with_name("index.md")), word

    def section_text(self, word):
        page = self.chance.choice(sorted((self.folder / "content").glob("*/_index.md")))
        save(page, page.read_text(encoding="utf-8") + f"\n\n{word}\n", self.chance)
        return address(self.folder, page.with_name("index.md")), word

    def bundle_title(self, word):
        listed = self.lists(self.bundles)
        if listed:
            page, url, text = self.any(listed)
            save(page, titled(text, word), self.chance)
            return url, word

    def bundle_text(self, word):
        if self.bundles:
            page = self.chance.choice(self.bundles)
            save(page, page.read_text(encoding="utf-8") + f"\n\n{word}\n", self.chance)
            return self.url(page), word

    def bundle_new(self, word):
        if self.bundles:
            beside = self.chance.choice(self.bundles)
            page = beside.parent.with_name(f"new-{time.time_ns()}") / "index.md"
            page.parent.mkdir()
            for other in beside.parent.glob("*.png"):
                shutil.copy(other, page.parent)
            text = titled(without_address(beside.read_text(encoding="utf-8")), word)
            save(page, f"{text}\n\n{word}\n", self.chance)
            self.folders.append(page)
            return address(self.folder, page), word

    def bundle_deleted(self, word):
        if self.folders:
            page = self.folders.pop()
            shutil.rmtree(page.parent)
            return address(self.folder, page), 404
        return self.bundle_new(word)

    def bundle_renamed(self, word):
        if self.folders:
            page = self.folders.pop()
            to = page.parent.with_name(f"renamed-{time.time_ns()}")
            page.parent.rename(to)
            self.folders.insert(0, to / "index.md")
            return address(self.folder, to / "index.md"), 200
        return self.bundle_new(word)

    def picture(self, word):
        """A picture beside a page is another; the page names its copies by their contents."""
        pictures = [path for page in self.bundles[-200:] for path in page.parent.glob("tu-0.png")]
        if pictures:
            path = self.chance.choice(pictures)
            url = self.url(path.with_name("index.md"))
            _, before = self.preview.get(url)
            path.write_bytes(picture(time.time_ns()))
            return url, lambda status, body: status == 200 and body != before

    def photo(self, word):
        """A new page with a photo of twelve megapixels: it is there, and so is the copy that a browser would ask for."""
        self.shot = getattr(self, "shot", None) or photos.photo(1)
        page = self.any()[0].parent / f"photo-{time.time_ns()}" / "index.md"
        page.parent.mkdir()
        # What stands behind the end of a photo makes it another.
        (page.parent / "a.jpg").write_bytes(self.shot + word.encode())
        save(page, f'+++\ntitle = "{word}"\ndate = {self.newest}\n+++\n\n![村口](a.jpg)\n', self.chance)
        self.folders.append(page)

        def is_there(status, body):
            copy = re.search(rb'src="[^"]*(/photos/[^" ]+)"', body)
            return status == 200 and copy and self.preview.get(copy.group(1).decode())[0] == 200

        return address(self.folder, page), is_there

    def english_title(self, word):
        listed = self.lists(self.english)
        if listed:
            page, url, text = self.any(listed)
            save(page, titled(text, word), self.chance)
            return url, word

    def english_text(self, word):
        if self.english:
            page = self.chance.choice(self.english)
            save(page, page.read_text(encoding="utf-8") + f"\n\n{word}\n", self.chance)
            return self.url(page), word

    def english_new(self, word):
        """The translation of a page that had none."""
        if self.english:
            code = language(self.english[0])[0]
            bare = [page for page in self.pages if not page.with_name(f"{page.stem}.{code}.md").exists()]
            page = self.chance.choice(bare)
            text = page.read_text(encoding="utf-8")
            page = page.with_name(f"{page.stem}.{code}.md")
            save(page, f"{titled(without_address(text), word)}\n\n{word}\n", self.chance)
            self.spoken.append(page)
            return address(self.folder, page), word

    def english_deleted(self, word):
        if self.spoken:
            page = self.spoken.pop()
            page.unlink()
            return address(self.folder, page), 404
        return self.english_new(word)

    def template(self, word):
        own = sorted(self.folder.glob("themes/*/templates/base.html"))
        if own:
            text = re.sub(r"(?m)^<!-- saved .* -->\n", "", own[0].read_text(encoding="utf-8"))
            own[0].write_text(text.replace("</body>", f"<!-- saved {word} -->\n</body>"), encoding="utf-8")
            return self.url(self.any()[0]), word

    def style(self, word):
        own = sorted(self.folder.glob("themes/*/assets/*.css"))
        if own:
            url = self.url(self.any()[0])
            _, before = self.preview.get(url)
            own[0].write_text(own[0].read_text(encoding="utf-8") + f"/* {word} */\n", encoding="utf-8")
            return url, lambda status, body: status == 200 and body != before

    def site(self, word):
        path = self.folder / "site.toml"
        path.write_text(titled(path.read_text(encoding="utf-8"), word), encoding="utf-8")
        return self.url(self.any()[0]), word


# What is saved, and where it is looked for.
KINDS = {
    "title": "title, on the list",
    "text": "text, on the page",
    "new": "new page, on its address",
    "renamed": "renamed page, on its address",
    "deleted": "deleted page, gone from its address",
    "date": "date and title, on the page",
    "tag": "tag, on the page",
    "row": "row of a table, on the list",
    "moved": "page moved to another section, on its address",
    "draft": "draft or none any more, on the list",
    "weight": "weight and title, on the list",
    "alias": "alias, on its address",
    "batch": "twenty pages at once, on the last",
    "section": "title of a section, on it",
    "section_text": "text of a section, on it",
    "bundle_title": "title of a page with pictures, on the list",
    "bundle_text": "text of a page with pictures, on it",
    "bundle_new": "new page with pictures, on its address",
    "bundle_deleted": "deleted page with pictures, gone from its address",
    "bundle_renamed": "renamed folder of a page, on its address",
    "picture": "another picture in an old one's place, on its page",
    "photo": "new page with a photo, on its address with a copy of the photo",
    "english_title": "title of a translation, on its list",
    "english_text": "text of a translation, on it",
    "english_new": "new translation, on its address",
    "english_deleted": "deleted translation, gone from its address",
    "template": "template, on a page",
    "style": "style of the theme, on a page",
    "site": "title of the site, on a page",
}
ALL = list(KINDS)
# In step with how often people do it.
OFTEN = [key for key in ALL[:8] for _ in range(4 if key in ("title", "text") else 2)]
