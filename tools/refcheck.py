#!/usr/bin/env python3
"""Compares a run of mailtrail with a second implementation of its method, byte for byte.

    python3 tools/refcheck.py CASE.toml OUT [--write DIR]
    python3 tools/refcheck.py --tenants N --mailtrail BINARY --synth BINARY

The second implementation (tools/refcheck/) reads the exports the case names and recomputes ledger, sources, access contexts,
sessions, coverage, mailboxes and exposure from docs/METHOD.md. Both accounts are written in one canonical text; they must be
equal. `--write DIR` keeps both. Exit 0: equal; 1: a difference; 2: usage, or the case names an input that is not read here.

Not compared: the digests that name contexts (their keys are), names of applications, whether a source looks incomplete.
Which access windows are unusual is not recomputed: without an attribution file those of OUT mark accesses here, too.
"""

import argparse
import json
import sys
from pathlib import Path

from refcheck import tenants
from refcheck.case import Case, Unread
from refcheck.result import SECTIONS, Result, canonical, lines
from refcheck.tables import Out

SHOWN = 5


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("case", nargs="?", help="the case file")
    parser.add_argument("out", nargs="?", help="the output folder of `mailtrail run CASE --out OUT`")
    parser.add_argument("--write", metavar="DIR", help="keep both accounts as DIR/reference/*.jsonl and DIR/out/*.jsonl")
    parser.add_argument("--tenants", type=int, metavar="N", help="compare N small simulated tenants")
    parser.add_argument("--first", type=int, default=1, metavar="N", help="number of the first tenant")
    parser.add_argument("--mailtrail", default="target/debug/mailtrail", help="the mailtrail binary, for --tenants")
    parser.add_argument("--synth", default="target/debug/mailtrail-synth", help="the simulator's binary, for --tenants")
    options = parser.parse_args(arguments)
    if options.tenants:
        same, text = tenants.compare(options.tenants, options.first, options.mailtrail, options.synth, check, options.write)
        print(text)
        return 0 if same else 1
    if not (options.case and options.out):
        parser.error("a case file and an output folder")
    try:
        same, text = check(options.case, options.out, options.write)
    except (Unread, FileNotFoundError) as why:
        print(f"refcheck: {why}", file=sys.stderr)
        return 2
    print(text)
    return 0 if same else 1


def check(case_path, out_path, write=None):
    """Compares one run: (whether it agrees, what to print)."""
    case = Case(case_path)
    out = Out(out_path)
    reference = Result(case, out.unusual() if case.attribution is None else ()).sections()
    found = {name: same_columns(rows, reference[name]) for name, rows in out.sections().items()}
    text = list(out.complaints)
    missing = []
    if [row["sha256"] for row in reference["sources"]] != [row["sha256"] for row in found["sources"]]:
        return False, f"{out_path} was not made from the exports that {case_path} names: run mailtrail again"
    for name in SECTIONS:
        if write:
            keep(write, name, reference.get(name), found[name])
        if found[name] is None:
            missing.append(name)
        elif lines(reference[name]).encode() != lines(found[name]).encode():
            text += difference(name, reference[name], found[name])
    for name in missing:
        if not said_absent(out, name):
            text.append(f"{name}: not in OUT, and run.json does not say so")
    if text:
        return False, "\n".join(text)
    counts = {name: len(reference[name]) for name in SECTIONS if name not in missing}
    words = [f"{counts[name]:,} {word}" for name, word in (("ledger", "ledger rows"), ("sessions", "sessions"),
             ("coverage", "coverage intervals"), ("exposure", "messages")) if name in counts]
    note = "".join(f"\nrefcheck: {name} not in OUT" for name in missing)
    return True, f"refcheck: {', '.join(words)} agree{note}"


def same_columns(rows, reference):
    """OUT's rows with the columns that are recomputed here; others are not compared."""
    if not rows or not reference:
        return rows
    return canonical([{name: row.get(name, "") for name in reference[0]} for row in rows])


def said_absent(out, name):
    """Whether run.json says that a section was not computed."""
    return out.run.get(name) is None and f"tables/{name}.csv" not in out.run.get("files", [])


def keep(folder, name, reference, found):
    for side, rows in (("reference", reference), ("out", found)):
        if rows is not None:
            path = Path(folder) / side / f"{name}.jsonl"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(lines(rows), encoding="utf-8")


def difference(name, reference, found):
    """The first differences of a section, row by row under its key."""
    key = SECTIONS[name]
    ours, theirs = ({}, {})
    for side, rows in ((ours, reference), (theirs, found)):
        for row in rows:
            side.setdefault(tuple(row.get(part, "") for part in key), []).append(row)
    text, differing = [], 0
    for at in sorted(set(ours) | set(theirs)):
        mine = [row for row in ours.get(at, []) if row not in theirs.get(at, [])]
        other = [row for row in theirs.get(at, []) if row not in ours.get(at, [])]
        if not mine and not other:
            continue
        differing += 1
        if differing <= SHOWN:
            text += ["  " + " ".join(at)] + one_row(mine, other)
    return [f"{name}: {differing:,} of {len(set(ours) | set(theirs)):,} rows differ"] + text


def one_row(mine, other):
    if len(mine) == 1 and len(other) == 1:
        return [f"    {column}: reference {mine[0].get(column)!r}, OUT {other[0].get(column)!r}"
                for column in sorted(set(mine[0]) | set(other[0])) if mine[0].get(column) != other[0].get(column)][:6]
    return ([f"    reference {json.dumps(row, ensure_ascii=False)}" for row in mine[:2]]
            + [f"    OUT       {json.dumps(row, ensure_ascii=False)}" for row in other[:2]])


if __name__ == "__main__":
    sys.exit(main())
