"""Owns docs/BENCHMARKS.md as a document of sections between marks: a script replaces its own and leaves the rest."""
import os

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RELEASE = os.path.join(os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target")), "release")
PATH = os.path.join(ROOT, "docs", "BENCHMARKS.md")


def write(section, command, heading, text):
    """Puts `text` into a section; a new one comes at the end, under its heading."""
    begin, end = f"<!-- {section}: begin ({command}) -->", f"<!-- {section}: end -->"
    old = open(PATH).read() if os.path.exists(PATH) else "# Benchmarks\n"
    if begin not in old:
        old = f"{old.rstrip()}\n\n## {heading}\n\n{begin}\n{end}\n"
    head, rest = old.split(begin)
    _, tail = rest.split(end)
    with open(PATH, "w") as file:
        file.write(f"{head}{begin}\n{text.strip()}\n{end}{tail}")
    print(f"written: {os.path.relpath(PATH, ROOT)}, {section}")


def processor():
    """The machine, in a few words."""
    names = (line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
    return f"{os.cpu_count()} cores, {next(names, 'unknown processor')}"
