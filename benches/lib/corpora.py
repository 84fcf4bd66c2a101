"""The corpora: what pages there are, the same for every tool, each in the words of the tool that will read it.

A corpus is a function (tool, size) → files: pairs of a path below the site and its text or bytes. Everything comes from
dice with fixed seeds, so the same size gives the same bytes on every machine.
"""

import datetime
import random
import re

from . import photos, saves, text

SECTIONS = {"news": "工作动态", "jing-yan": "经验交流", "gu-shi": "村史故事", "xue-xi": "学习园地"}
PER_LIST = 20
FIRST_DAY = datetime.date(2000, 1, 1)
SEED = 20261122


def quoted(items):
    return "[" + ", ".join(f'"{item}"' for item in items) + "]"


def date(number, count):
    """Pages spread over 26 years, oldest first."""
    return FIRST_DAY + datetime.timedelta(days=number * 9700 // max(count, 1))


def page(tool, title, day, tags, body, fields=None, groups=None):
    """A page's file. `fields` are for yicun alone; `groups` are what the others have in their place, taxonomies."""
    lines = [f'title = "{title}"', f"date = {day}"]
    lists = {"tags": tags} if tags else {}
    if tool == "yicun":
        lines += [f"{name} = {quoted(values)}" for name, values in {**lists, **(fields or {})}.items()]
    elif tool == "hugo":
        lines += [f"{name} = {quoted(values)}" for name, values in {**lists, **(groups or {})}.items()]
    else:
        taxonomies = {**lists, **(groups or {})}
        lines += ["[taxonomies]", *(f"{name} = {quoted(values)}" for name, values in taxonomies.items())]
    head = "\n".join(lines)
    return f"+++\n{head}\n+++\n\n{body}"


def section(tool, title, by_date=True):
    lines = [f'title = "{title}"']
    if tool != "hugo":
        lines += [f'sort_by = "{"date" if by_date else "title"}"', f"paginate_by = {PER_LIST}"]
    if tool == "yicun" and by_date:
        # Newest first, which for the others goes without saying.
        lines.append('order = "descending"')
    return "+++\n" + "\n".join(lines) + "\n+++\n"


def dated(tool, count, tags, per_page, body):
    """`count` pages in the four sections, with `per_page` of the `tags` each and an article by `body`."""
    dice = random.Random(SEED)
    keys = list(SECTIONS)
    for key, name in SECTIONS.items():
        yield f"content/{key}/_index.md", section(tool, name)
    for number in range(count):
        title = text.title(dice, number)
        chosen = dice.sample(tags, per_page)
        path = f"content/{keys[number % len(keys)]}/p{number:06}.md"
        yield path, page(tool, title, date(number, count), chosen, body(dice, number))


def flat(tool, count):
    """Pages of about 3 KB in four sections, three of 200 tags each."""
    return dated(tool, count, text.tags(200), 3, text.article)


def tags(tool, count):
    """As flat, with twenty of 2,000 tags on each page."""
    return dated(tool, count, text.tags(2_000), 20, text.article)


def huge(tool, count):
    """Pages of about a megabyte."""
    return dated(tool, count, text.tags(200), 3, lambda dice, _: text.long_article(dice, 1_000_000))


def deep(tool, count):
    """Sections within sections, two in each, ten pages in each section; every page shows the way to it."""
    dice = random.Random(SEED)
    names, keys = text.tags(200), list(SECTIONS)
    folders = list(keys)
    for key, name in SECTIONS.items():
        yield f"content/{key}/_index.md", section(tool, name)
    for number in range(max(4, count // 10) - 4):
        folder = f"{folders[number // 2]}/{'ab'[number % 2]}"
        folders.append(folder)
        yield f"content/{folder}/_index.md", section(tool, text.title(dice, number))
    for number in range(count):
        title = text.title(dice, number)
        chosen = dice.sample(names, 3)
        path = f"content/{folders[number % len(folders)]}/p{number:06}.md"
        yield path, page(tool, title, date(number, count), chosen, text.article(dice, number))


LINKS = 30


def linked(tool, count):
    """Each page links to thirty others, half by relative path and half by name; relations to two villages and a brand.

    Hugo and Zola know no names: there these links are paths too. Relations are taxonomies there, whose terms are looked
    up by the pages of villages and brands but not rendered.
    """
    dice = random.Random(SEED)
    names, keys = text.tags(200), ["dong-tai", "jing-yan", "gu-shi", "xue-xi"]
    villages, brands = max(4, count // 100), max(2, count // 200)
    yield "content/news/_index.md", section(tool, "工作动态")
    for key, name in zip(keys, SECTIONS.values()):
        yield f"content/news/{key}/_index.md", section(tool, name)
    for key, name, prefix, many in (("villages", "示范村", "v", villages), ("brands", "党建品牌", "b", brands)):
        yield f"content/{key}/_index.md", section(tool, name, by_date=False)
        for number in range(many):
            yield f"content/{key}/{prefix}{number:05}.md", page(
                tool, f"{name}{number}", date(number, many), [], text.article(dice, number)
            )

    def title(number):
        return text.title(random.Random(SEED + number), number)

    def link(number, by_name):
        folder, name = keys[number % len(keys)], f"p{number:06}.md"
        if tool == "yicun" and by_name:
            return f"[[{title(number)}]]"
        if tool == "zola":
            return f"[{title(number)}](@/news/{folder}/{name})"
        return f"[{title(number)}]({'/news/' if by_name else '../'}{folder}/{name})"

    for number in range(count - villages - brands):
        others = [dice.randrange(count - villages - brands) for _ in range(LINKS)]
        lines = [f"- {link(other, turn % 2)}，{text.sentence(dice)}" for turn, other in enumerate(others)]
        body = text.article(dice, number) + "\n" + "\n".join(lines) + "\n"
        near = [dice.randrange(villages) for _ in range(2)]
        brand = dice.randrange(brands)
        fields = {"villages": [f"示范村{at}" for at in near], "brands": [f"党建品牌{brand}"]}
        groups = {"about": [*(f"v{at:05}" for at in near), f"b{brand:05}"]}
        path = f"content/news/{keys[number % len(keys)]}/p{number:06}.md"
        chosen = dice.sample(names, 3)
        yield path, page(tool, title(number), date(number, count), chosen, body, fields, groups)


def county(tool, count):
    """A county in the kinds that it has: a sixteenth villages, each with its place on the map, and projects, brands,
    organisations, activities and news that name them. What a page of one kind shows of all others must not grow with
    them. For yicun alone: the others know no kinds.
    """
    dice = random.Random(SEED)
    villages = max(4, count // 16)
    projects, brands, activities = villages // 2, max(1, villages // 20), villages * 2

    def some(prefix, number, most):
        return quoted([f"{prefix}{dice.randrange(number)}" for _ in range(dice.randint(1, most))])

    def made(folder, name, title, *lines):
        head = "\n".join([f'title = "{title}"', *lines])
        return f"content/{folder}/{name}.md", f"+++\n{head}\n+++\n\n{text.article(dice, 0)}"

    for folder, name in (("villages", "示范村"), ("projects", "重点项目"), ("brands", "党建品牌"), ("news", "工作动态")):
        yield f"content/{folder}/_index.md", f'+++\ntitle = "{name}"\n+++\n'
    yield "content/timeline/_index.md", '+++\ntitle = "大事记"\nlayout = "timeline"\n+++\n'
    yield made("organisations", "o", "县委")
    for number in range(villages):
        place = f"position = {{ x = {dice.randint(0, 100)}, y = {dice.randint(0, 100)} }}"
        honours = f'honours = [{{ title = "示范村", year = "{dice.randint(2010, 2025)}" }}]'
        yield made("villages", f"v{number}", f"示范村{number}", place, honours, f'brand = "b{number % brands}"')
        yield made("organisations", f"o{number}", f"党支部{number}", 'parent = "o"', f'villages = ["v{number}"]')
    for number in range(brands):
        yield made("brands", f"b{number}", f"党建品牌{number}")
    for number in range(projects):
        steps = f'milestones = [{{ date = "{dice.randint(2015, 2025)}-05", title = "开工" }}]'
        # The first is everybody's.
        named = quoted([f"v{at}" for at in range(villages)]) if number == 0 else some("v", villages, 3)
        yield made("projects", f"p{number}", f"重点项目{number}", f"villages = {named}", steps)
    for number in range(activities):
        named = (f"date = {date(number, activities)}", f'villages = {some("v", villages, 2)}', 'organisations = ["o"]')
        yield made("activities", f"a{number}", text.title(dice, number), *named)
    for number in range(count - villages * 4 - brands - projects):
        named = (f"date = {date(number, count)}", f'villages = {some("v", villages, 2)}')
        tags = f"tags = {quoted(dice.sample(text.tags(200), 2))}"
        more = f'projects = {some("p", projects, 2)}'
        yield made("news", f"n{number}", text.title(dice, number), *named, more, tags)


PHOTOS_A_PAGE = 5


def photo(tool, count):
    """`count` photos of twelve megapixels, five an album; each is published in three widths as JPEG and as WebP."""
    yield "content/albums/_index.md", section(tool, "图集")
    dice = random.Random(SEED)
    for number in range(count):
        folder = f"content/albums/a{number // PHOTOS_A_PAGE:04}"
        if number % PHOTOS_A_PAGE == 0:
            body = text.article(dice, number)
            yield f"{folder}/index.md", page(tool, f"图集{number}", date(number, count), [], body)
        yield f"{folder}/p{number:05}.jpg", photos.photo(number)


def town(tool, count, english=False):
    """As flat, but as sites grow: every tenth page has a folder of its own with pictures, every twentieth an alias, a table
    lies beside them. For yicun alone.
    """
    for path, content in flat(tool, count):
        number = int(path[-9:-3]) if path[-9:-3].isdigit() else None
        if number is None:
            yield path, content
            if english:
                yield path.replace("_index.md", "_index.en.md"), re.sub('title = ".*"', 'title = "Section"', content, count=1)
            continue
        if number % 20 == 1:
            content = content.replace("\ndate", f'\naliases = ["/old/{number}/"]\ndate', 1)
        if number % 10 == 5:
            path = path.replace(".md", "/index.md")
            for turn in range(1 + number % 3):
                yield path.replace("index.md", f"tu-{turn}.png"), saves.picture(number * 3 + turn)
            content += "\n![村口](tu-0.png)\n"
        yield path, content
        if english and number % 10 in (2, 5):
            yield path.replace(".md", ".en.md"), content.replace(f"{number}\"", f"{number} English\"", 1).replace("/old/", "/old/en/")


def towns(tool, count):
    """A town in two languages."""
    return town(tool, count, english=True)


# Name → function, default size.
CORPORA = {
    "flat": (flat, 10_000),
    "deep": (deep, 10_000),
    "tags": (tags, 10_000),
    "linked": (linked, 10_000),
    "huge": (huge, 20),
    "photos": (photo, 10),
}
# Of these the others know nothing: they stand in the table of growth, with the theme that is built in.
OWN = {"county": county, "town": town, "towns": towns}
