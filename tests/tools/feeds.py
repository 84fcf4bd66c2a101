"""Reads the feeds and the sitemap of a published site with parsers that are not ours, and holds them to their rules:
RFC 4287 (Atom), JSON Feed 1.1, sitemaps.org.

feeds.py FOLDER BASE_URL ends with 1 and says why when something is wrong.
"""

import datetime
import json
import pathlib
import sys
import urllib.parse

import feedparser
from lxml import etree

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
IMAGE = "{http://www.google.com/schemas/sitemap-image/1.1}"
ATOM = "{http://www.w3.org/2005/Atom}"


def published(folder, base, address):
    """Whether an address of the site names a published file."""
    if not address.startswith(base):
        return False
    path = urllib.parse.unquote(address[len(base) :].split("#")[0])
    return (folder / path / "index.html").is_file() if path.endswith("/") or not path else (folder / path).is_file()


def is_time(text):
    """Whether a text is an RFC 3339 date with time and offset."""
    try:
        return datetime.datetime.fromisoformat(text).tzinfo is not None
    except (TypeError, ValueError):
        return False


def atom(path, folder, base):
    """Faults of an Atom feed, and its number of entries."""
    address = base + path.relative_to(folder).as_posix()
    faults = []
    feed = feedparser.parse(path.read_bytes())
    if feed.bozo:
        faults.append(f"not well-formed: {feed.bozo_exception}")
    root = etree.fromstring(path.read_bytes())
    for element in ("title", "id", "updated"):
        if len(root.findall(ATOM + element)) != 1:
            faults.append(f"not exactly one {element}")
    own = [link.get("href") for link in root.findall(ATOM + "link") if link.get("rel") == "self"]
    if own != [address]:
        faults.append(f"calls itself {own}")
    if not feed.entries:
        faults.append("no entries")
    for entry in root.findall(ATOM + "entry"):
        title = entry.findtext(ATOM + "title")
        for element in ("title", "id", "updated"):
            if len(entry.findall(ATOM + element)) != 1 or not entry.findtext(ATOM + element).strip():
                faults.append(f"“{title}” has not exactly one {element}")
        if not is_time(entry.findtext(ATOM + "updated")):
            faults.append(f"“{title}”: updated is no date")
        if entry.find(ATOM + "author") is None and root.find(ATOM + "author") is None:
            faults.append(f"“{title}” has no author, nor has the feed")
        for link in entry.findall(ATOM + "link"):
            if not published(folder, base, link.get("href")):
                faults.append(f"“{title}” leads to nothing: {link.get('href')}")
    newest = [entry.get("updated", "") for entry in feed.entries]
    if newest and root.findtext(ATOM + "updated") != max(newest):
        faults.append("updated is not that of the newest entry")
    return faults + doubles([entry.get("id") for entry in feed.entries]), len(feed.entries)


def json_feed(path, folder, base):
    """Faults of a JSON feed, and its number of items."""
    faults = []
    feed = json.loads(path.read_text(encoding="utf-8"))
    if feed.get("version") != "https://jsonfeed.org/version/1.1":
        faults.append(f"version is {feed.get('version')}")
    if not feed.get("title"):
        faults.append("no title")
    if feed.get("feed_url") != base + path.relative_to(folder).as_posix():
        faults.append(f"calls itself {feed.get('feed_url')}")
    for item in feed["items"]:
        if not item.get("id") or not ("content_text" in item or "content_html" in item):
            faults.append(f"“{item.get('title')}” has no id or no content")
        if not is_time(item.get("date_published")) or not is_time(item.get("date_modified")):
            faults.append(f"“{item.get('title')}” has no dates")
        if not published(folder, base, item.get("url", "")):
            faults.append(f"“{item.get('title')}” leads to nothing: {item.get('url')}")
    return faults + doubles([item.get("id") for item in feed["items"]]), len(feed["items"])


def doubles(ids):
    return ["two entries have one id"] if len(ids) != len(set(ids)) else []


def sitemap(folder, base):
    root = etree.parse(folder / "sitemap.xml").getroot()
    faults = [] if root.tag == f"{SITEMAP}urlset" else [f"sitemap.xml is a {root.tag}"]
    addresses = [element.text for element in root.iter(f"{SITEMAP}loc")]
    faults += [f"the sitemap names {it}" for it in addresses if not published(folder, base, it)]
    images = [element.text for element in root.iter(f"{IMAGE}loc")]
    faults += [f"the sitemap names the picture {it}" for it in images if not published(folder, base, it)]
    if (folder / "albums").is_dir() and not images:
        faults.append("the sitemap names no picture of an album")
    if len(addresses) != len(set(addresses)):
        faults.append("the sitemap names an address twice")
    if base not in addresses:
        faults.append("the sitemap leaves out the home page")
    return faults, len(addresses)


def main():
    folder, base = pathlib.Path(sys.argv[1]), sys.argv[2]
    faults, entries, feeds = [], 0, 0
    for name, read in (("atom.xml", atom), ("feed.json", json_feed)):
        found = sorted(folder.rglob(name))
        if folder / name not in found:
            faults.append(f"no {name} of the whole site")
        for path in found:
            wrong, count = read(path, folder, base)
            faults += [f"{path.relative_to(folder)}: {fault}" for fault in wrong]
            entries, feeds = entries + count, feeds + 1
    wrong, addresses = sitemap(folder, base)
    faults += wrong
    print(f"{feeds} feeds with {entries} entries, {addresses} addresses, {len(faults)} faults")
    sys.exit("\n".join(faults) or None)


main()
