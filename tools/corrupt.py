"""Owns the damage run: copies of a case's exports with random corruptions, each ingested by the command, each account checked.

Usage: python3 tools/corrupt.py CASE_FOLDER [--seeds 0..19] [--corruptions 1000] [--mailtrail target/release/mailtrail]

For each seed the exports are unpacked, so many random corruptions are spread over their bytes (set, removed, inserted, repeated,
cut), and `mailtrail ingest` reads them. It must not crash, must exit 3, and its ledger must balance: every row of every source is
accepted, duplicate, other, out of window or rejected, and each rejected row stands in the quarantine with its bytes.
Standard library only. Does not judge whether a damaged row should have been taken: the property tests of `ingest` do.
"""
import argparse
import gzip
import json
import pathlib
import random
import subprocess
import sys
import tempfile

PARTS = ("accepted", "duplicate", "other_operation", "out_of_window", "rejected")
TELLING = b'"\n\r,{}[]\\\x00\xff'


def unpacked(folder):
    """The exports as bytes, without their compression: damage must reach rows, not only a checksum."""
    for path in sorted((folder / "exports").iterdir()):
        data = path.read_bytes()
        yield path.name.removesuffix(".gz"), gzip.decompress(data) if path.suffix == ".gz" else data


def corrupt(files, seed, many):
    """Spreads `many` corruptions over the files, each file by its share of the bytes."""
    rng = random.Random(seed)
    files = {name: bytearray(data) for name, data in files.items()}
    names = list(files)
    weights = [len(files[name]) for name in names]
    for name in rng.choices(names, weights, k=many):
        data = files[name]
        at, kind = rng.randrange(max(1, len(data))), rng.random()
        if kind < 0.5:
            data[at:at + 1] = bytes([rng.choice(TELLING) if rng.random() < 0.75 else rng.randrange(256)])
        elif kind < 0.75:
            del data[at:at + rng.randrange(1, 60)]
        elif kind < 0.98:
            data[at:at] = rng.randbytes(rng.randrange(1, 8))
        elif kind < 0.995:
            data[at:at] = data[at:at + rng.randrange(1, 4000)]
        else:
            del data[max(at, len(data) // 2):]
    return files


def complaints(command, files, out, work):
    """What is wrong with the run over these files; nothing, if all is well."""
    folder = work / "exports"
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    ran = subprocess.run([command, "ingest", str(folder), "--out", str(out), "--quiet"], capture_output=True, text=True)
    if ran.returncode != 3:
        return [f"exit {ran.returncode} in place of 3: {ran.stderr[-500:]}"]
    found = []
    if "panicked" in ran.stderr:
        found.append(ran.stderr[-500:])
    ledger = json.loads((out / "ledger.json").read_text())
    for row in ledger["sources"] + [ledger["total"]]:
        if row["read"] != sum(row[part] for part in PARTS):
            found.append(f"does not balance: {row}")
    with open(out / "quarantine.jsonl", encoding="utf-8") as lines:
        kept = sum(1 for _ in lines)
    if kept != ledger["total"]["rejected"]:
        found.append(f"{ledger['total']['rejected']} rows rejected, {kept} in quarantine")
    if len(ledger["sources"]) != len(files):
        found.append(f"{len(files)} files given, {len(ledger['sources'])} in the ledger")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("case", type=pathlib.Path)
    parser.add_argument("--seeds", default="0..19")
    parser.add_argument("--corruptions", type=int, default=1000)
    parser.add_argument("--mailtrail", default="target/release/mailtrail")
    args = parser.parse_args()
    first, last = (int(number) for number in args.seeds.split(".."))
    files = dict(unpacked(args.case))
    bad = 0
    for seed in range(first, last + 1):
        with tempfile.TemporaryDirectory() as work:
            work = pathlib.Path(work)
            for complaint in complaints(args.mailtrail, corrupt(files, seed, args.corruptions), work / "out", work):
                bad += 1
                print(f"seed {seed}: {complaint}")
    runs = last - first + 1
    print(f"damage: {runs} copies with {args.corruptions} corruptions each, {bad} complaints")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
