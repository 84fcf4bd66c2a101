"""What a page costs as there are more of them, with the plain theme and with the one that is built in."""

import shutil
import time

from . import after, clean, results, tools

# Bytes a page that a tool and its files may need, for the question whether it fits at all.
NEED = {"yicun": 60_000, "hugo": 90_000, "zola": 150_000}


def run(corpus, theme, sizes, rounds, commands, peers_at, work):
    """The section's text for the corpus `flat` or `county` with the theme `plain` or `hongqi`."""
    rows, notes, costs = [], [], {}
    for size in sizes:
        present = {}
        for name, command in commands.items():
            if name != "yicun" and (theme != "plain" or size > peers_at):
                continue
            if tools.free_memory() < size * NEED[name] + (2 << 30):
                notes.append(f"{name} at {size:,}: left out, too little memory is free.")
                continue
            present[name] = command
        measured, told = one(corpus, theme, size, rounds, present, work)
        notes += told
        for name, (cost, further) in measured.items():
            costs[name, size] = cost
            rows.append(row(name, size, cost, further, costs, sizes))
    heads = ["Tool", "pages", "CPU s", "spread", "CPU µs a page", "against 10,000", "wall µs a page", "peak MiB"]
    heads += ["KiB a page", "KiB a further page", "nothing changed, wall ms", "one page edited, wall ms"]
    used = "the plain theme" if theme == "plain" else f"the built-in theme `{theme}`"
    text = f"The {corpus} corpus with {used}, clean builds, medians of {rounds} in turn.\n\n{results.table(heads, rows)}"
    return "\n\n".join([text, *notes])


def one(corpus, theme, size, rounds, commands, work):
    """Tool → cost of a clean build, and of our own next builds; and what was left out."""
    log = work / "log"
    for name in commands:
        tools.generate(name, corpus, size, work / name, theme if name == "yicun" and theme != "plain" else None)
    medians, notes = clean.turns(rounds, clean.builds(commands, work, log), f"growth {corpus} {theme} {size:,}")
    found = {}
    for name, cost in medians.items():
        further = []
        for change in (after.nothing, after.edited) if name == "yicun" else ():
            builds = []
            for number in range(rounds):
                change(work / name, name, number)
                time.sleep(0.1)
                builds.append(tools.measure(commands[name], work / name, log))
            further.append(tools.median(builds))
        found[name] = cost, further
    for name in commands:
        shutil.rmtree(work / name)
    return found, notes


def row(name, size, cost, further, costs, sizes):
    base = costs.get((name, 10_000))
    smaller = [(other, costs[name, other]) for other in sizes if other < size and (name, other) in costs]
    marginal = "–"
    if smaller:
        other, less = smaller[-1]
        marginal = f"{(cost.peak - less.peak) * 1024 / (size - other):.2f}"
    figures = [f"{size:,}", f"{cost.cpu:.2f}", f"{cost.spread:.0%}", f"{cost.cpu / size * 1e6:,.0f}"]
    figures += [results.ratio(cost.cpu / size, base.cpu / 10_000 if base else 0), f"{cost.wall / size * 1e6:,.0f}"]
    figures += [f"{cost.peak:.0f}", f"{cost.peak * 1024 / size:.2f}", marginal]
    figures += [f"{build.wall * 1e3:.1f}" for build in further] or ["–", "–"]
    return [name, *figures]
