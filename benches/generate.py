#!/usr/bin/env python3
"""Makes the same Chinese site for yicun, Hugo or Zola, with themes that do equal work.

generate.py TOOL CORPUS SIZE FOLDER [--theme hongqi]

TOOL is yicun, hugo or zola; CORPUS one of flat, deep, tags, linked, huge (SIZE pages each), photos (SIZE photos) or
county (SIZE pages of all kinds), town, towns (as sites grow, in one language and in two); the last three for yicun alone.
The theme in themes/TOOL makes: a home page with the newest 20, sections and tags in lists of 20, pages with their tags
and neighbours, the list of tags, a feed of 20 and a sitemap; themes/TOOL-CORPUS is laid over it where there is one.
`--theme hongqi` (yicun only) takes the theme that is built in instead. The same SIZE gives the same bytes everywhere.
"""

import argparse
import pathlib

from lib import corpora

THEMES = pathlib.Path(__file__).resolve().parent / "themes"


def write(folder, path, content):
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content if isinstance(content, bytes) else content.encode())


def generate(tool, corpus, size, folder, theme=None):
    layers = [THEMES / tool, THEMES / f"{tool}-{corpus}"]
    for layer in layers:
        for path in sorted(layer.rglob("*")):
            inside = path.relative_to(layer)
            if path.is_file() and not (theme and inside.parts[0] == "themes"):
                content = path.read_text(encoding="utf-8")
                if theme and path.name == "site.toml":
                    content = content.replace('theme = "plain"', f'theme = "{theme}"')
                write(folder, inside, content)
    make = corpora.OWN[corpus] if corpus in corpora.OWN else corpora.CORPORA[corpus][0]
    for path, content in make(tool, size):
        write(folder, path, content)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool", choices=["yicun", "hugo", "zola"])
    parser.add_argument("corpus", choices=[*corpora.CORPORA, *corpora.OWN])
    parser.add_argument("size", type=int)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--theme")
    arguments = parser.parse_args()
    generate(arguments.tool, arguments.corpus, arguments.size, arguments.folder, arguments.theme)


if __name__ == "__main__":
    main()
