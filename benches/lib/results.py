"""Tables, and the file in which the last results of every part stand."""

PARTS = {
    "Clean builds": ["flat", "deep", "tags", "linked", "huge", "photos"],
    "Next builds": ["flat", "deep", "tags", "linked", "huge", "photos"],
    "Growth": ["plain", "hongqi", "county"],
    "Stages": ["stages"],
    # By hand, with serve.py.
    "Preview": ["saves", "soak"],
}
HEAD = """# Measured

Written by `benches/run --write`, which replaces only the sections that it ran; [README.md](README.md) says what is
measured and how. Only ratios within one section mean anything: other sections may be of other days.
"""


def table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "| --- |" + " --: |" * (len(heads) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def ratio(value, other):
    """How many times `other`; nothing where there is nothing to compare with."""
    return f"{value / other:.2f}" if other else "–"


def read(path):
    """(part, section) → text, from a file written by `write`; from any other file nothing."""
    found, part, section = {}, None, None
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        if line.startswith("## "):
            part, section = line[3:], None
        elif line.startswith("### "):
            section = line[4:]
            found[part, section] = ""
        elif section:
            found[part, section] += line + "\n"
    return {key: text.strip() for key, text in found.items()}


def write(path, new):
    """Puts the `new` sections in the place of the old; all in a fixed order."""
    sections = {**read(path), **new}
    lines = [HEAD]
    for part, names in PARTS.items():
        there = [name for name in names if (part, name) in sections]
        if there:
            lines.append(f"## {part}\n")
        lines += [f"### {name}\n\n{sections[part, name]}\n" for name in there]
    path.write_text("\n".join(lines), encoding="utf-8")
