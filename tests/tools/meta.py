"""Reads what the pages of a published site tell machines, and holds it to its rules: Open Graph (ogp.me), schema.org as
Google's rich results ask for it, hreflang (each version names all), the meta tags of 国办发〔2017〕47号.

meta.py FOLDER BASE_URL ends with 1 and says why when something is wrong.
"""

import collections
import json
import pathlib
import re
import sys
import urllib.parse

from lxml import html

# What an object of a type must have; more types are allowed as long as they have a name.
REQUIRED = {
    "WebSite": ["name", "url"],
    "GovernmentOrganization": ["name"],
    "Organization": ["name"],
    "NewsArticle": ["headline", "datePublished"],
    "Article": ["headline"],
    "Report": ["headline"],
    "BreadcrumbList": ["itemListElement"],
    "ListItem": ["position"],
    "ImageObject": [],
    "ItemList": ["itemListElement"],
}
DATE = re.compile(r"^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?)?)?$")
CODE = re.compile(r"^(\d{10}|bm\d{8})$")


def objects(value):
    """Every JSON-LD object in a value."""
    if isinstance(value, dict):
        if "@type" in value:
            yield value
        for inner in value.values():
            yield from objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from objects(inner)


def schema(tree, base):
    """Faults of the schema.org data of a page, and the types it has."""
    faults, types = [], []
    for script in tree.xpath('//script[@type="application/ld+json"]'):
        try:
            data = json.loads(script.text)
        except (TypeError, ValueError) as error:
            faults.append(f"JSON-LD can't be read: {error}")
            continue
        if not str(data.get("@context", "")).startswith("https://schema.org"):
            faults.append("JSON-LD without @context")
        for thing in objects(data):
            kind = thing["@type"]
            types.append(kind)
            for key in REQUIRED.get(kind, ["name"]):
                if thing.get(key) in (None, "", []):
                    faults.append(f"{kind} has no {key}")
            for key, value in thing.items():
                if value in (None, ""):
                    faults.append(f"{kind}.{key} is empty")
                if key in ("url", "@id", "item", "image", "contentUrl") and isinstance(value, str):
                    if not urllib.parse.urlsplit(value).scheme:
                        faults.append(f"{kind}.{key} is no whole address: {value}")
                if key.startswith("date") and not (isinstance(value, str) and DATE.match(value)):
                    faults.append(f"{kind}.{key} is no date: {value}")
            if kind == "ImageObject" and not (thing.get("contentUrl") or thing.get("url")):
                faults.append("ImageObject has neither contentUrl nor url")
            if kind == "BreadcrumbList":
                positions = [item.get("position") for item in thing["itemListElement"]]
                if positions != list(range(1, len(positions) + 1)):
                    faults.append(f"BreadcrumbList counts {positions}")
                if any(not item.get("name") or not item.get("item") for item in thing["itemListElement"][:-1]):
                    faults.append("a breadcrumb has no name or no item")
    return faults, types


def named(tree, attribute, name):
    return [meta.get("content") for meta in tree.xpath(f'//meta[@{attribute}="{name}"]')]


def one(faults, tree, attribute, name):
    """The only value of a meta tag, which must be there."""
    values = named(tree, attribute, name)
    if len(values) != 1 or not values[0].strip():
        faults.append(f"{name}: {values}")
    return values[0] if values else ""


def page(path, folder, base):
    """Faults of one page, the types of its data, and its language versions."""
    tree = html.fromstring(path.read_bytes())
    relative = path.relative_to(folder).as_posix()
    address = base + urllib.parse.quote(re.sub(r"index\.html$", "", relative))
    faults = []
    one(faults, tree, "name", "SiteName")
    one(faults, tree, "name", "SiteDomain")
    for code in named(tree, "name", "SiteIDCode"):
        if not CODE.match(code):
            faults.append(f"SiteIDCode {code}")
    for name in ("og:title", "og:type", "og:url", "og:site_name"):
        one(faults, tree, "property", name)
    canonical = tree.xpath('//link[@rel="canonical"]/@href')
    if [urllib.parse.unquote(it) for it in canonical] != [urllib.parse.unquote(address)]:
        faults.append(f"canonical {canonical}")
    if named(tree, "property", "og:url") != canonical:
        faults.append("og:url is not the canonical address")
    for image in named(tree, "property", "og:image"):
        inside = image.startswith(base) and (folder / urllib.parse.unquote(image[len(base) :])).is_file()
        if not inside:
            faults.append(f"og:image is not published: {image}")
    if named(tree, "property", "og:image") and not named(tree, "property", "og:image:alt"):
        faults.append("og:image without alt")
    if named(tree, "name", "ArticleTitle"):
        for name in named(tree, "name", "PubDate"):
            if not re.match(r"^\d{4}(-\d\d(-\d\d( \d\d:\d\d)?)?)?$", name):
                faults.append(f"PubDate {name}")
    elif named(tree, "name", "ColumnName"):
        for name in ("ColumnDescription", "ColumnKeywords", "ColumnType"):
            one(faults, tree, "name", name)
    versions = {link.get("hreflang"): link.get("href") for link in tree.xpath('//link[@rel="alternate"][@hreflang]')}
    language = tree.get("lang")
    if versions and versions.get(language) != canonical[0]:
        faults.append(f"hreflang does not name the page itself: {versions}")
    if versions and versions.get("x-default", "") not in [other for name, other in versions.items() if name != "x-default"]:
        faults.append(f"x-default is none of the page's versions: {versions}")
    wrong, types = schema(tree, base)
    return faults + wrong, types, canonical[0] if canonical else "", versions


def main():
    folder, base = pathlib.Path(sys.argv[1]), sys.argv[2]
    faults, types, versions, count = [], collections.Counter(), {}, 0
    for path in sorted(folder.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        if 'http-equiv="refresh"' in text or path.name == "404.html":
            continue
        wrong, found, address, own = page(path, folder, base)
        faults += [f"{path.relative_to(folder)}: {fault}" for fault in wrong]
        types.update(found)
        versions[address] = own
        count += 1
    for address, own in versions.items():
        for language, other in own.items():
            if language != "x-default" and versions.get(other) != own:
                faults.append(f"{address}: its version in {language} does not name the same versions")
    for kind in ("WebSite", "BreadcrumbList", "NewsArticle", "Place", "ImageGallery"):
        if not types[kind]:
            faults.append(f"no page has a {kind}")
    said = ", ".join(f"{kind} {number}" for kind, number in sorted(types.items()))
    print(f"{count} pages; {said}; {len(faults)} faults")
    sys.exit("\n".join(faults[:60]) or None)


main()
