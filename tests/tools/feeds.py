"""Reads the feed and the sitemap of a published site with parsers that are not ours.

feeds.py FOLDER BASE_URL ends with 1 and says why when something is wrong.
"""

import pathlib
import sys
import urllib.parse

import feedparser
from lxml import etree

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def published(folder, base, address):
    """Whether an address of the site names a published file."""
    if not address.startswith(base):
        return False
    path = urllib.parse.unquote(address[len(base) :].split("#")[0])
    return (folder / path / "index.html").is_file() if path.endswith("/") or not path else (folder / path).is_file()


def main():
    folder, base = pathlib.Path(sys.argv[1]), sys.argv[2]
    faults = []

    feed = feedparser.parse((folder / "atom.xml").read_bytes())
    if feed.bozo:
        faults.append(f"atom.xml: {feed.bozo_exception}")
    if not feed.entries:
        faults.append("atom.xml has no entries")
    for key in ("title", "id", "updated"):
        if not feed.feed.get(key):
            faults.append(f"atom.xml has no {key}")
    for entry in feed.entries:
        for key in ("title", "id", "link", "updated_parsed"):
            if not entry.get(key):
                faults.append(f"an entry has no {key}: {entry.get('title')}")
        if not published(folder, base, entry.get("link", "")):
            faults.append(f"an entry leads to nothing: {entry.get('link')}")
    ids = [entry.get("id") for entry in feed.entries]
    if len(ids) != len(set(ids)):
        faults.append("two entries have one id")

    sitemap = etree.parse(folder / "sitemap.xml").getroot()
    if sitemap.tag != f"{SITEMAP}urlset":
        faults.append(f"sitemap.xml is a {sitemap.tag}")
    addresses = [element.text for element in sitemap.iter(f"{SITEMAP}loc")]
    faults += [f"the sitemap names {it}" for it in addresses if not published(folder, base, it)]
    if len(addresses) != len(set(addresses)):
        faults.append("the sitemap names an address twice")
    if base not in addresses:
        faults.append("the sitemap leaves out the home page")

    print(f"{len(feed.entries)} entries, {len(addresses)} addresses, {len(faults)} faults")
    sys.exit("\n".join(faults) or None)


main()
