"""Makes the same Chinese site for yicun, Hugo or Zola, with themes that do equal work.

generate.py TOOL PAGES FOLDER writes PAGES pages of about 3 KB in four sections with 200 tags, three a page. Every
theme makes: a home page with the newest 20, sections and tags in lists of 20, pages with their tags and neighbours,
the list of tags, a feed of 20 and a sitemap. The same PAGES gives the same bytes on every machine.
"""

import datetime
import pathlib
import random
import sys

SECTIONS = {"news": "工作动态", "jing-yan": "经验交流", "gu-shi": "村史故事", "xue-xi": "学习园地"}
TAGS = [f"{a}{b}" for a in "党建村民产业文化服务治理生态教育" for b in "动态经验成效活跃学习宣传帮扶"][:200]
WORDS = (
    "党建引领 乡村振兴 示范点 支部书记 村民小组 主题党日 集体经济 沃柑产业 红色文化 服务群众 网格治理 走访慰问 第一议题 "
    "理论学习 党员干部 驻村工作队 村规民约 人居环境 志愿服务 产业基地 基层治理 民主协商 四议两公开 三会一课 谈心谈话"
).split()
PER_LIST = 20


def sentence(dice):
    words = [dice.choice(WORDS) for _ in range(dice.randint(4, 9))]
    if dice.random() < 0.1:
        words[1] = f"**{words[1]}**"
    return "，".join(["".join(words[:3]), "".join(words[3:])]) + "。"


def body(dice, number):
    """About 3 KB of Markdown: headings, paragraphs, a list, a table now and then."""
    parts = []
    for heading in "一二三":
        parts.append(f"## {heading}、{dice.choice(WORDS)}")
        parts.append("".join(sentence(dice) for _ in range(6)))
        parts.append("".join(sentence(dice) for _ in range(4)))
    parts.append("\n".join(f"- {sentence(dice)}" for _ in range(4)))
    if number % 4 == 0:
        rows = "\n".join(f"| {dice.choice(WORDS)} | {dice.randint(1, 99)} |" for _ in range(4))
        parts.append(f"| 项目 | 数量 |\n|---|--:|\n{rows}")
    return "\n\n".join(parts) + "\n"


def pages(count):
    """Path below content/, and what the front matter of every tool is made of."""
    dice = random.Random(20261122)
    first = datetime.date(2000, 1, 1)
    keys = list(SECTIONS)
    for number in range(count):
        section = keys[number % len(keys)]
        date = first + datetime.timedelta(days=number * 9700 // max(count, 1))
        title = f"{dice.choice(WORDS)}{dice.choice(WORDS)}{number}"
        tags = dice.sample(TAGS, 3)
        yield section, f"p{number:06}", title, date, tags, body(dice, number)


def quoted(items):
    return ", ".join(f'"{item}"' for item in items)


def write(folder, files):
    for path, text in files.items():
        path = folder / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def page_text(tool, title, date, tags, text):
    taxonomies = f"[taxonomies]\ntags = [{quoted(tags)}]\n" if tool == "zola" else f"tags = [{quoted(tags)}]\n"
    return f'+++\ntitle = "{title}"\ndate = {date}\n{taxonomies}+++\n\n{text}'


def section_text(tool, title):
    lists = "" if tool == "hugo" else f'sort_by = "date"\npaginate_by = {PER_LIST}\n'
    return f'+++\ntitle = "{title}"\n{lists}+++\n'


def main():
    tool, count, folder = sys.argv[1], int(sys.argv[2]), pathlib.Path(sys.argv[3])
    theme = pathlib.Path(__file__).parent / "themes" / tool
    for path in sorted(theme.rglob("*")):
        if path.is_file():
            write(folder, {path.relative_to(theme): path.read_text(encoding="utf-8")})
    for key, title in SECTIONS.items():
        write(folder, {f"content/{key}/_index.md": section_text(tool, title)})
    for section, slug, title, date, tags, text in pages(count):
        write(folder, {f"content/{section}/{slug}.md": page_text(tool, title, date, tags, text)})


if __name__ == "__main__":
    main()
