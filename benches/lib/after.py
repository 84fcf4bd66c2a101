"""Next builds: what a build costs when one was made before, and which files it writes.

What was written is found out twice: from the program's own words, and from the inodes and times of the published files.
It must be exactly the files whose bytes changed.
"""

import hashlib
import os
import re
import sys
import time

from . import photos, results, tools

SAID = re.compile(r"\((\d+) updated, (\d+) removed\)")


def snapshot(folder):
    """Path → (stamp, digest of the bytes) of every published file."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file() and not path.name.startswith(".yicun"):
            look = path.stat()
            digest = hashlib.blake2b(path.read_bytes(), digest_size=16).digest()
            found[os.path.relpath(path, folder)] = ((look.st_ino, look.st_mtime_ns), digest)
    return found


def changes(before, after):
    """Paths that were written, by their stamps, and paths whose bytes are others now; removed ones are in neither."""
    written = {path for path, (stamp, _) in after.items() if path not in before or before[path][0] != stamp}
    changed = {path for path, (_, digest) in after.items() if path not in before or before[path][1] != digest}
    return written, changed


def pages(folder):
    found = sorted(path for path in (folder / "content").rglob("*.md") if path.name != "_index.md")
    return [path for path in found if path.parent.name not in ("villages", "brands")]


def nothing(_folder, _tool, _number):
    pass


def edited(folder, _tool, number):
    all_pages = pages(folder)
    page = all_pages[(len(all_pages) // 2 + number) % len(all_pages)]
    page.write_text(page.read_text(encoding="utf-8") + f"\n第{number}次修改。\n", encoding="utf-8")


def added(folder, tool, number):
    page = pages(folder)[0]
    if (folder / "content/news").is_dir():
        page = next(path for path in pages(folder) if path.parts[-2] == "news" or path.parts[-3] == "news")
    bundle = page.name == "index.md"
    beside = page.parent.parent / f"new-{number}/index.md" if bundle else page.parent / f"new-{number}.md"
    tags = '[taxonomies]\ntags = ["党建引领动态"]' if tool == "zola" else 'tags = ["党建引领动态"]'
    beside.parent.mkdir(exist_ok=True)
    beside.write_text(
        f'+++\ntitle = "新增{number}"\ndate = 2026-11-{number % 20 + 1:02}\n{tags}\n+++\n\n新增。\n', encoding="utf-8"
    )


def photo_added(folder, _tool, number):
    album = next(path for path in sorted((folder / "content/albums").iterdir()) if (path / "p00000.jpg").exists())
    (album / f"new-{number}.jpg").write_bytes(photos.photo(10_000 + number))


def scenarios(corpus):
    found = {"nothing changed": nothing, "one page edited": edited, "one page added": added}
    return {**found, "one photo added": photo_added} if corpus == "photos" else found


def run(corpus, size, rounds, commands, work, clean):
    """The section's text, and what is wrong with what was written."""
    log = work / "log"
    costs, counts, wrong = {}, {}, []
    before = snapshot(work / "yicun/public")
    for number in range(rounds):
        for name, change in scenarios(corpus).items():
            for tool, command in commands.items():
                folder = work / tool
                change(folder, tool, number)
                # A build in the same instant as a save distrusts the file's time and looks again the next time.
                # People are slower.
                time.sleep(0.1)
                costs.setdefault((name, tool), []).append(tools.measure(command, folder, log))
                if tool == "yicun":
                    told = SAID.search(log.read_text(encoding="utf-8"))
                    after = snapshot(folder / "public")
                    written, changed = changes(before, after)
                    before = after
                    counts.setdefault(name, []).append((int(told[1]) if told else -1, len(written), len(changed)))
                    if written != changed or not told or int(told[1]) != len(written):
                        found = f"said {told and told[0]}, wrote {len(written)}, changed {len(changed)}"
                        wrong.append(f"{corpus}, {name}: {found}: {sorted(written ^ changed)[:5]}")
            if name == "nothing changed":
                stat = ["find", "content", "public", "-printf", "%T@ %s\n"]
                costs.setdefault((name, "find"), []).append(tools.measure(stat, work / "yicun", log))
        print(f"next {corpus}: round {number + 1} of {rounds}", file=sys.stderr)
    walk = tools.median(costs["nothing changed", "find"])
    rows = []
    for (name, tool), runs in costs.items():
        cost = tools.median(runs)
        first = "`find`" if tool == "find" else name if tool == "yicun" else f"{name}, {tool}"
        row = [first, f"{cost.cpu * 1e3:.1f}", f"{cost.spread:.0%}", f"{cost.wall * 1e3:.1f}", f"{cost.peak:.0f}"]
        row += [results.ratio(cost.cpu, clean[tool].cpu) if tool in clean else "–"]
        row += [results.ratio(cost.cpu, walk.cpu), results.ratio(cost.wall, walk.wall)]
        row += [most(counts[name], at) for at in range(3)] if tool == "yicun" else ["–"] * 3
        rows.append(row)
    heads = ["Build", "CPU ms", "spread", "wall ms", "peak MiB", "CPU ÷ clean", "CPU ÷ `find`", "wall ÷ `find`"]
    heads += ["files updated, by its words", "by their stamps", "bytes changed"]
    about = f"After a clean build of {size:,}, each in a fresh process, medians of {rounds}."
    text = f"{about}\n\n{results.table(heads, rows)}"
    return (text + "\n\n**Written without need:** " + "; ".join(wrong) if wrong else text), wrong


def most(counts, at):
    """How many files in each round: one number, or from where to where."""
    found = sorted(count[at] for count in counts)
    return f"{found[0]}" if found[0] == found[-1] else f"{found[0]}–{found[-1]}"
