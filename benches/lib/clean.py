"""Clean builds of one corpus by every tool in turn, beside `cp -r` of our own output."""

import shutil
import sys

from . import results, tools

ABOUT = {
    "flat": "{size:,} pages of about 3 KB in four sections, three of 200 tags each.",
    "deep": "{size:,} pages of about 3 KB, ten in each of a tree of sections with two below each, breadcrumbs everywhere.",
    "tags": "{size:,} pages of about 3 KB with twenty of 2,000 tags each.",
    "linked": "{size:,} pages of about 5 KB with thirty links each, half by path and half by name, and three relations"
    " shown from both ends.",
    "huge": "{size:,} pages of about a megabyte.",
    "photos": "{size:,} photos of twelve megapixels, each in three widths as JPEG and WebP.",
}


PEERS = ("hugo", "zola")


def turns(rounds, runs, what):
    """Medians of `runs` (name → function that makes one run and answers its cost) in turn, so that a busy moment of the
    machine hits all of them; the first round only warms up. A peer that fails is left out, with a note."""
    found, notes = {name: [] for name in runs}, []
    for number in range(rounds + 1):
        for name in list(found):
            try:
                cost = runs[name]()
            except tools.Failed as failed:
                if name not in PEERS:
                    raise
                print(failed, file=sys.stderr)
                notes.append(f"{name}: left out, it ended with an error.")
                del found[name]
                continue
            if number:
                found[name].append(cost)
        print(f"{what}: round {number} of {rounds}", file=sys.stderr)
    return {name: tools.median(costs) for name, costs in found.items()}, notes


def builds(commands, work, log):
    """A clean build of each tool, as `turns` wants them."""
    return {name: lambda name=name: build(commands[name], work / name, log) for name in commands}


def build(command, folder, log):
    tools.clear(folder)
    return tools.measure(command, folder, log)


def copy(work, log):
    target = work / "copy"
    cost = tools.measure(["cp", "-r", str(work / "yicun/public"), str(target)], work, log)
    shutil.rmtree(target)
    return cost


def run(corpus, size, rounds, commands, work):
    """The section's text, and the medians by tool. Leaves the sites in `work`, built."""
    log = work / "log"
    for name in commands:
        tools.generate(name, corpus, size, work / name)
    runs = {**builds(commands, work, log), "cp -r": lambda: copy(work, log)}
    medians, notes = turns(rounds, runs, f"clean {corpus}")
    hugo, cp = medians.get("hugo"), medians["cp -r"]
    rows = []
    ours, _ = tools.files(work / "yicun/public")
    for name, cost in medians.items():
        count, length = tools.files(work / ("yicun" if name == "cp -r" else name) / "public")
        # Lists are cut a little differently, which is a file less here and there; a tenth is another site.
        if abs(count - ours) > ours / 10 + 5:
            notes.append(f"{name}: **not the same work**, {count:,} files instead of {ours:,}.")
        figures = [f"{cost.cpu:.2f}", f"{cost.spread:.0%}", f"{cost.wall:.2f}", f"{cost.peak:.0f}"]
        figures += [f"{cost.cpu / size * 1e6:,.0f}", f"{count:,}", f"{length / 1e6:.0f}"]
        against = [results.ratio(cost.cpu, hugo.cpu if hugo else 0), results.ratio(cost.cpu, cp.cpu)]
        rows.append([name, *figures, *against])
    heads = ["Tool", "CPU s", "spread", "wall s", "peak MiB", "CPU µs each", "files", "MB"]
    heads += ["CPU ÷ Hugo", "CPU ÷ `cp -r`"]
    about = f"{ABOUT[corpus].format(size=size)} Clean builds, medians of {rounds} in turn."
    return "\n\n".join([about, results.table(heads, rows), *notes]), medians
